/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEGMENT ARRIVES in ESTABLISHED, by one machine on one core: `ack` is a bare ACK, `text` is text in order,
   which is acknowledged and read. The TCB is rfc9293's, of a server; its client is made up here. A round is
   BATCH arrivals; what counts is the processor's time. */
#include "engine/base/err.h"
#include "engine/tcp/tcp.h"
#include "tests/bench/turns.h"

#include <string.h>

enum { BATCH = 100000, TEXT = 100 };

struct arrives {
  struct tcb tcb;
  struct segment segment;
  bool text;
  usec_t now;
};

static bool establish(struct arrives *a, struct err *err)
{
  struct tcp_verdict v;
  tcb_init(&a->tcb, &tcp_profile_rfc9293, false, 4000, true);
  tcp_call(&a->tcb, &(struct tcp_call){.kind = CALL_OPEN_PASSIVE}, 0, &v);
  a->segment = (struct segment){.flags = SYN, .seq = 1000, .win = 65535};
  tcp_arrives(&a->tcb, &a->segment, 0, &v);
  a->segment = (struct segment){.flags = ACK, .seq = 1001, .ack = 4001, .win = 65535};
  tcp_arrives(&a->tcb, &a->segment, 0, &v);
  if (a->tcb.state != STATE_ESTABLISHED) return err_set(err, ERR_STATE, "the connection is not established");
  return true;
}

static bool batch(void *ctx, int64_t *took, struct err *err)
{
  static const uint8_t text[TEXT];
  struct arrives *a = ctx;
  struct tcp_verdict v;
  a->segment.flags = a->text ? ACK | PSH : ACK;
  a->segment.data = a->text ? text : NULL;
  a->segment.data_len = a->text ? TEXT : 0;
  unsigned wrong = 0;
  int64_t began = turns_cpu_now();
  for (unsigned i = 0; i < BATCH; i++) {
    a->now++;
    tcp_arrives(&a->tcb, &a->segment, a->now, &v);
    wrong += v.emit_count != (a->text ? 1 : 0) || v.delivered != a->segment.data_len;
    a->segment.seq += (seq_t)a->segment.data_len;
    a->tcb.unread = 0;
  }
  *took = turns_cpu_now() - began;
  return wrong == 0 || err_set(err, ERR_MISMATCH, "%u arrivals were not taken as they should be", wrong);
}

int main(int argc, char **argv)
{
  static struct arrives a;
  struct err err = {.code = ERR_NONE};
  a.text = argc > 1 && strcmp(argv[1], "text") == 0;
  return establish(&a, &err) ? turns_serve(batch, &a) : turns_refused(&err);
}
