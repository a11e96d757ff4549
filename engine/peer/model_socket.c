/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Socket calls on links, with Linux's reading of them: in which order data, end of file and errors are told,
   and which errno. A pending error is told once. What had come before the end can be read to the end, in
   CLOSING and LAST-ACK too, where RFC 9293 3.10.3 would say "connection closing". */
#include "engine/peer/model_own.h"

#include <string.h>

enum {
  FIRST_PORT = 32768, /* ip_local_port_range */
  PORTS = 28232,
};

const char model_again[] = "EAGAIN";

static size_t unread(const struct model_link *k) { return k->rx_end - k->rx.base; }

/* How many octets a read() returns at most: Linux stops before the urgent one. */
static size_t readable(const struct model_link *k)
{
  size_t n = unread(k), before = k->tcb.rcv.up - 1 - k->rx.base;

  if (!(k->tcb.profile->rows & PROFILE_LINUX) || before >= n) return n;
  return before > 0 ? before : n - 1;
}

static size_t send_room(const struct model_link *k)
{
  size_t most = MODEL_SEND_BUFFER, queued = model_stream_len(&k->tx);

  if (k->options.set[PEER_OPTION_SNDBUF]) most = 2 * (size_t)k->options.value[PEER_OPTION_SNDBUF];
  return queued < most ? most - queued : 0;
}

bool model_socket_readable(const struct model_link *k)
{
  return readable(k) > 0 || k->eof || k->error || !model_link_lives(k);
}

bool model_socket_writable(const struct model_link *k)
{
  return k->shut || k->error || !model_link_lives(k) || send_room(k) > 0;
}

bool model_socket_broken(const struct model_link *k)
{
  return k->error || !model_link_lives(k) || (k->eof && k->shut);
}

bool model_socket_connected(const struct model_link *k)
{
  return k->tcb.state != STATE_SYN_SENT && k->tcb.state != STATE_SYN_RECEIVED;
}

static const char *take_error(struct model_link *k)
{
  const char *error = k->error;

  k->error = NULL;
  return error;
}

static void call(struct model *m, struct model_link *k, enum tcp_call_kind kind, uint32_t len, bool release)
{
  struct tcp_call c = {.kind = kind, .len = len, .release = release};
  struct tcp_verdict v;

  if (!model_link_lives(k) && kind != CALL_OPEN_ACTIVE) return;
  tcp_call(&k->tcb, &c, m->now, &v);
  model_settle(m, k, &v);
}

static bool taken(const struct model *m, const struct pair *pair)
{
  for (size_t i = 0; i < m->link_count; i++)
    if (pair_equal(&m->links[i]->pair, pair)) return true;
  for (int i = 0; i < MODEL_LISTENERS_MAX; i++)
    if (m->listeners[i].port == pair->peer_port) return true;
  return false;
}

static bool choose_port(struct model *m, struct pair *pair)
{
  uint32_t at = rng_below(&m->rng, PORTS);

  for (uint32_t i = 0; i < PORTS; i++) {
    pair->peer_port = (uint16_t)(FIRST_PORT + (at + i) % PORTS);
    if (!taken(m, pair)) return true;
  }
  return false;
}

const char *model_socket_connect(struct model *m, uint16_t to, struct model_link **out)
{
  struct pair pair = {.you = m->you, .peer = m->here, .you_port = to};

  *out = NULL;
  if (!choose_port(m, &pair)) return "EADDRNOTAVAIL";
  struct model_link *k = model_link_new(m, &pair);
  if (!k) return "ENOBUFS";
  tcb_init(&k->tcb, &k->profile, false, model_isn(m), true);
  k->tx.base = k->tcb.iss + 1;
  k->held = true;
  *out = k;
  call(m, k, CALL_OPEN_ACTIVE, 0, false);
  return NULL;
}

const char *model_socket_send(struct model *m, struct model_link *k, const uint8_t *octets, size_t len,
                              size_t *sent)
{
  size_t room = send_room(k), queued = model_stream_len(&k->tx);

  *sent = 0;
  if (k->error) return take_error(k);
  if (k->shut || !model_link_lives(k)) return "EPIPE";
  if (room == 0) return model_again;
  if (len > room) len = room;
  if (!model_stream_reserve(m, &k->tx, queued + len)) return "ENOBUFS";
  model_stream_put(&k->tx, k->tx.base + (seq_t)queued, octets, len);
  *sent = len;
  call(m, k, CALL_SEND, (uint32_t)len, false);
  return NULL;
}

const char *model_socket_read(struct model *m, struct model_link *k, size_t max, size_t *len)
{
  size_t n = readable(k);

  if (max == 0 || max > sizeof m->input) max = sizeof m->input;
  if (n > max) n = max;
  *len = n;
  if (n > 0 && tcp_at_urgent(&k->tcb)) model_stream_drop(&k->rx, 1);
  k->eof_read = k->eof && n == unread(k);
  if (n > 0) {
    model_stream_get(&k->rx, k->rx.base, m->input, n);
    model_stream_drop(&k->rx, n);
    call(m, k, CALL_RECEIVE, (uint32_t)n, false);
    return NULL;
  }
  if (k->eof) return NULL;
  if (k->error) return take_error(k);
  return model_link_lives(k) ? model_again : NULL;
}

const char *model_socket_shutdown(struct model *m, struct model_link *k)
{
  if (!model_link_lives(k)) return "ENOTCONN";
  if (k->shut) return NULL;
  k->shut = true;
  call(m, k, CALL_CLOSE, 0, false);
  return NULL;
}

bool model_socket_close(struct model *m, struct model_link *k, bool abort)
{
  bool octets_left = unread(k) > 0;
  bool at_once = peer_close_aborts(&k->options);

  k->held = false;
  k->shut = true;
  call(m, k, abort || at_once ? CALL_ABORT : CALL_CLOSE, 0, true);
  return octets_left;
}
