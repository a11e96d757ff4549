/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view_scene.h"

#include "engine/base/err.h"
#include "engine/segment/option.h"
#include "engine/segment/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE(proc, number, state, becomes)                                                                   \
  .procedure = PROCEDURE_##proc, .step = number, .states = STATE_BIT(STATE_##state), .next = becomes

const struct tcp_rule scene_open = {.id = "send.closed.syn",
                                    RULE(INTENT, 1, CLOSED, STATE_SYN_SENT),
                                    .cite = "RFC 9293 3.10.1",
                                    .title = "this is an active OPEN",
                                    .why = "A SYN asks for a connection and says where our numbers begin. It "
                                           "takes one sequence number itself, so that it can be "
                                           "acknowledged like an octet."};
const struct tcp_rule scene_listen_syn = {
    .id = "listen.syn",
    RULE(LISTEN, 3, LISTEN, STATE_SYN_RECEIVED),
    .cite = "RFC 9293 3.10.7.2, third",
    .title = "a SYN arrives: answer SYN,ACK",
    .why = "The listener takes the sender's ISN, chooses its own, and answers both in one segment."};
const struct tcp_rule scene_syn_acked = {.id = "syn-sent.syn.acked",
                                         RULE(SYN_SENT, 4, SYN_SENT, STATE_ESTABLISHED),
                                         .cite = "RFC 9293 3.10.7.3, fourth",
                                         .title = "our SYN is acknowledged",
                                         .why = "The answer acknowledges our SYN and brings the other end's: "
                                                "from here on we are connected, and owe an ACK."};
const struct tcp_rule scene_ack_of_syn = {.id = "syn-received.ack",
                                          RULE(OTHERWISE, 5, SYN_RECEIVED, STATE_ESTABLISHED),
                                          .cite = "RFC 9293 3.10.7.4, fifth",
                                          .title = "the ACK of our SYN,ACK: the connection is established",
                                          .why = "Only now does this end know that its own SYN has arrived."};
const struct tcp_rule scene_future_ack = {.id = "send.ack.future",
                                          RULE(INTENT, 5, ESTABLISHED, NEXT_SAME),
                                          .cite = "RFC 9293 3.10.7.4, fifth",
                                          .title = "acknowledges an octet the peer never sent",
                                          .why = "SEG.ACK is beyond SND.NXT of the other end."};
const struct tcp_rule scene_close = {.id = "send.established.fin",
                                     RULE(INTENT, 2, ESTABLISHED, STATE_FIN_WAIT_1),
                                     .cite = "RFC 9293 3.10.4",
                                     .title = "this is a CLOSE: you have no more to send",
                                     .why = "A FIN closes one direction only."};
const struct tcp_rule scene_fin = {.id = "synced.fin.established",
                                   RULE(OTHERWISE, 8, ESTABLISHED, STATE_CLOSE_WAIT),
                                   .cite = "RFC 9293 3.10.7.4, eighth",
                                   .title = "a FIN arrives: the other end has no more to send",
                                   .why = "The FIN takes a number; it is acknowledged at once."};
const struct tcp_rule scene_ack_of_fin = {.id = "fin-wait-1.ack.of-fin",
                                          RULE(OTHERWISE, 5, FIN_WAIT_1, STATE_FIN_WAIT_2),
                                          .cite = "RFC 9293 3.10.7.4, fifth",
                                          .title = "our FIN is acknowledged",
                                          .why =
                                              "Half of the connection is closed; the other half may go on."};
const struct tcp_rule scene_peer_fin = {
    .id = "fin-wait-2.fin",
    RULE(OTHERWISE, 8, FIN_WAIT_2, STATE_TIME_WAIT),
    .cite = "RFC 9293 3.10.7.4, eighth",
    .title = "the other end's FIN: wait 2MSL",
    .why = "Our ACK may be lost; then the FIN comes again and wants an answer."};
const struct tcp_rule scene_last_ack = {.id = "last-ack.ack",
                                        RULE(OTHERWISE, 5, LAST_ACK, STATE_CLOSED),
                                        .cite = "RFC 9293 3.10.7.4, fifth",
                                        .title = "the ACK of our FIN: the TCB is deleted",
                                        .why = "Nothing is left to be said in either direction."};
const struct tcp_rule scene_timeout = {.id = "timeout.retransmission",
                                       RULE(TIMEOUT, 2, SYN_RECEIVED, NEXT_SAME),
                                       .cite = "RFC 9293 3.10.8",
                                       .title = "the oldest unacknowledged segment is sent again",
                                       .why = "What is not acknowledged in time is taken for lost."};

static void fail(const char *what, const char *text)
{
  fprintf(stderr, "scene: %s: %s\n", what, text);
  abort();
}

void scene_begin(struct scene *s)
{
  *s = (struct scene){.trace = trace_new(), .now = 3 * USEC_S};
  struct pair pair = {.you_port = 1037, .peer_port = 9};
  struct err err;
  if (s->trace == NULL || !addr_parse("10.9.0.1", 8, &pair.you, &err) ||
      !addr_parse("10.9.0.2", 8, &pair.peer, &err))
    fail("begin", err.message);
  s->connection = trace_connect(s->trace, &pair);
  tcb_init(&s->tcb[END_YOU], &tcp_profile_rfc9293, true, 0, false);
  tcb_init(&s->tcb[END_PEER], &tcp_profile_linux, false, 0, false);
  for (int e = 0; e < END_COUNT; e++) {
    s->tcb[e].snd.mss = 536;
    s->tcb[e].snd.cwnd = s->tcb[e].snd.ssthresh = 65535;
  }
  s->tcb[END_PEER].state = STATE_LISTEN;
}

void scene_end(struct scene *s) { trace_free(s->trace); }

void scene_step(struct scene *s, usec_t dt)
{
  s->step++;
  s->now += dt;
}

static struct record *add(struct scene *s, struct record *r)
{
  r->step = s->step;
  r->connection = s->connection;
  r->t = s->now;
  for (int e = 0; e < END_COUNT; e++) {
    r->after[e] = &s->tcb[e];
    if (r->kind != RECORD_SEGMENT) r->before[e] = &s->tcb[e];
  }
  struct record *added = trace_add(s->trace, r);
  if (added == NULL) fail("add", "no memory");
  return added;
}

/* The numbers of a TCB as they follow from what was sent; enough for pictures. */
static void learn(struct scene *s, enum end from, const struct segment *seg)
{
  struct tcb *own = &s->tcb[from], *other = &s->tcb[other_end(from)];
  if ((seg->flags & SYN) != 0) {
    own->iss = other->irs = seg->seq;
    own->snd.una = seg->seq;
    own->iss_known = other->irs_known = true;
  }
  seq_t next = seg->seq + segment_len(seg);
  if (seq_gt(next, own->snd.nxt) || (seg->flags & SYN) != 0) own->snd.nxt = other->rcv.nxt = next;
  if ((seg->flags & ACK) != 0) other->snd.una = seg->ack;
  other->snd.wnd = own->rcv.wnd = seg->win;
}

struct record *scene_segment(struct scene *s, enum end from, const char *text)
{
  static uint8_t store[2048];
  struct record r = {.kind = RECORD_SEGMENT, .end = from, .notes = {.sum_ok = true, .ip_sum_ok = true}};
  const struct pair *p = &trace_connection(s->trace, s->connection)->pair;
  struct segment *seg = &r.segment;
  struct err err;
  if (!segment_parse(text, strlen(text), NULL, store, sizeof store, seg, &err)) fail(text, err.message);
  bool out = from == END_YOU;
  if (!segment_has(seg, SEG_SRC)) seg->src = out ? p->you : p->peer;
  if (!segment_has(seg, SEG_DST)) seg->dst = out ? p->peer : p->you;
  if (!segment_has(seg, SEG_SPORT)) seg->sport = out ? p->you_port : p->peer_port;
  if (!segment_has(seg, SEG_DPORT)) seg->dport = out ? p->peer_port : p->you_port;
  if (!segment_has(seg, SEG_WIN)) seg->win = out ? 4096 : 64240;
  if (!segment_has(seg, SEG_DOFF)) seg->doff = (uint8_t)(5 + (seg->options_len + 3) / 4);
  if (!segment_has(seg, SEG_TTL)) seg->ttl = 64;
  seg->given = SEG_BIT(SEG_FIELD_COUNT) - 1;
  bool bad = seg->sum_bad;
  seg->sum_bad = false;
  seg->sum = (uint16_t)(segment_checksum(seg) + bad);
  r.notes.sum_ok = !bad;
  struct tcb before[END_COUNT];
  memcpy(before, s->tcb, sizeof before);
  record_tcbs(&r, before);
  r.sender.from = r.sender.to = s->tcb[from].state;
  r.receiver.from = r.receiver.to = s->tcb[other_end(from)].state;
  if (!bad) learn(s, from, seg);
  s->segment = add(s, &r);
  return s->segment;
}

struct record *scene_state(struct scene *s, enum end e, enum tcp_state to, enum confirmation c,
                           const struct tcp_rule *rule)
{
  struct record r = {.kind = RECORD_STATE,
                     .end = e,
                     .from = s->tcb[e].state,
                     .to = to,
                     .confirmed = c,
                     .truth = to,
                     .rule = rule};
  s->tcb[e].state = to;
  if (s->segment != NULL && s->segment->step == s->step) {
    const struct record_verdict *so_far = e == s->segment->end ? &s->segment->sender : &s->segment->receiver;
    struct tcp_verdict v = {.from = so_far->from, .to = to, .fired_count = so_far->fired_count + 1};
    for (unsigned i = 0; i < so_far->fired_count; i++) v.fired[i] = so_far->fired[i];
    v.fired[so_far->fired_count] = rule;
    trace_verdict(s->trace, s->segment, e, &v);
  }
  return add(s, &r);
}

struct record *scene_call(struct scene *s, enum end e, enum peer_verb verb)
{
  struct record r = {.kind = RECORD_CALL, .end = e, .call = {.verb = verb}};
  return add(s, &r);
}

struct record *scene_note(struct scene *s, enum end e, enum message message, const struct tcp_rule *rule,
                          const struct facts *facts)
{
  struct record r = {.kind = RECORD_NOTE, .end = e, .rule = rule};
  r.message = message;
  if (facts != NULL) r.facts = *facts;
  return add(s, &r);
}

static const struct facts ack = {.flags = ACK};

#define OCTETS(text)                                                                                         \
  {                                                                                                          \
    (const uint8_t *)(text), strlen(text)                                                                    \
  }

static struct record *scene_expect(struct scene *s, const char *written)
{
  struct record r = {.kind = RECORD_EXPECT};
  r.written = (struct octets)OCTETS(written);
  return add(s, &r);
}

static void handshake(struct scene *s)
{
  scene_step(s, 0);
  scene_segment(s, END_YOU, "SYN seq=1415531521 win=4096 mss=1024")->intent = INTENT_OPEN;
  scene_state(s, END_YOU, STATE_SYN_SENT, TRUTH_UNASKED, &scene_open);
  scene_state(s, END_PEER, STATE_SYN_RECEIVED, TRUTH_CONFIRMED, &scene_listen_syn);
  s->now += 11;
  scene_segment(s, END_PEER, "SYN,ACK seq=1823083521 ack=1415531522 mss=1460")->predicted = PREDICTION_MET;
  scene_state(s, END_YOU, STATE_ESTABLISHED, TRUTH_UNASKED, &scene_syn_acked);
  scene_note(s, END_YOU, MESSAGE_OWED, &scene_syn_acked, &ack);
  scene_step(s, 7213);
  scene_segment(s, END_YOU, "ACK seq=1415531522 ack=1823083522");
  scene_state(s, END_PEER, STATE_ESTABLISHED, TRUTH_CONFIRMED, &scene_ack_of_syn);
}

void scene_play_stevens(struct scene *s)
{
  handshake(s);
  scene_step(s, 4148217);
  scene_segment(s, END_YOU, "FIN,ACK seq=1415531522 ack=1823083522")->intent = INTENT_CLOSE;
  scene_state(s, END_YOU, STATE_FIN_WAIT_1, TRUTH_UNASKED, &scene_close);
  scene_state(s, END_PEER, STATE_CLOSE_WAIT, TRUTH_CONFIRMED, &scene_fin);
  s->now += 13;
  scene_segment(s, END_PEER, "ACK seq=1823083522 ack=1415531523")->predicted = PREDICTION_MET;
  scene_state(s, END_YOU, STATE_FIN_WAIT_2, TRUTH_UNASKED, &scene_ack_of_fin);
  scene_step(s, 1397);
  scene_call(s, END_PEER, PEER_CLOSE);
  scene_segment(s, END_PEER, "FIN,ACK seq=1823083522 ack=1415531523")->predicted = PREDICTION_MET;
  scene_state(s, END_PEER, STATE_LAST_ACK, TRUTH_CONFIRMED, &scene_close);
  scene_state(s, END_YOU, STATE_TIME_WAIT, TRUTH_UNASKED, &scene_peer_fin);
  scene_note(s, END_YOU, MESSAGE_OWED, &scene_peer_fin, &ack);
  scene_step(s, 22518);
  scene_segment(s, END_YOU, "ACK seq=1415531523 ack=1823083523");
  scene_state(s, END_PEER, STATE_CLOSED, TRUTH_CONFIRMED, &scene_last_ack);
  s->tcb[END_YOU].timer[TIMER_TIME_WAIT] = s->now + 239 * USEC_S + 977482;
}

static void trouble_opening(struct scene *s)
{
  scene_step(s, 0);
  scene_segment(s, END_YOU, "SYN seq=4294967295 win=4096 mss=1024 wscale=7 sackok")->fate = FATE_LOST;
  scene_state(s, END_YOU, STATE_SYN_SENT, TRUTH_UNASKED, &scene_open);
  scene_step(s, USEC_S);
  scene_segment(s, END_YOU, "SYN seq=4294967295 win=4096 mss=1024 wscale=7 sackok")->intent =
      INTENT_RETRANSMIT;
  scene_state(s, END_PEER, STATE_SYN_RECEIVED, TRUTH_UNASKED, &scene_listen_syn);
  s->now += 11;
  scene_segment(s, END_PEER, "SYN,ACK seq=1823083521 ack=0 mss=1460 nop nop sackok nop wscale=7")->fate =
      FATE_LOST;
  scene_step(s, USEC_S);
  struct record timer = {
      .kind = RECORD_TIMER, .end = END_PEER, .timer = TIMER_RETRANSMISSION, .rule = &scene_timeout};
  add(s, &timer);
  struct record *r =
      scene_segment(s, END_PEER, "SYN,ACK seq=1823083521 ack=0 mss=1460 nop nop sackok nop wscale=7");
  r->intent = INTENT_RETRANSMIT;
  r->predicted = PREDICTION_MET;
  scene_state(s, END_YOU, STATE_ESTABLISHED, TRUTH_UNASKED, &scene_syn_acked);
  scene_note(s, END_YOU, MESSAGE_OWED, &scene_syn_acked, &ack);
}

static void trouble_sent(struct scene *s)
{
  scene_step(s, 9 * USEC_S);
  scene_segment(s, END_YOU, "ACK seq=0 ack=1823083999");
  const struct answer rst = {
      .kind = ANSWER_SEGMENT, .from = STATE_SYN_RECEIVED, .to = STATE_SYN_RECEIVED, .flags = RST};
  scene_note(s, END_YOU, MESSAGE_WRONG_ANSWERED, &scene_future_ack, &(struct facts){.answer = rst});
  s->now += 9;
  scene_segment(s, END_PEER, "RST seq=1823083999 win=0")->predicted = PREDICTION_MET;
  scene_step(s, USEC_S);
  scene_segment(s, END_YOU, "PSH,ACK seq=0 ack=1823083522 \"hello\\r\\n\"")->fate = FATE_HELD;
  scene_step(s, USEC_S);
  scene_segment(s, END_YOU, "PSH,ACK seq=0 ack=1823083522 \"GET / HTTP/1.0\\r\\n\\r\\n\" sum=bad");
  scene_note(s, END_PEER, MESSAGE_BAD_CHECKSUM, NULL, NULL);
  scene_step(s, USEC_S);
  scene_segment(s, END_YOU, "RST seq=77 win=0")->fate = FATE_STRAY;
  scene_step(s, 112 * USEC_S);
  scene_segment(s, END_YOU, "SYN,FIN,PSH,URG seq=0 win=0 urg=5 rsv=3 doff=15 len=512");
  scene_segment(s, END_PEER, "FIN,SYN,RST,PSH,ACK,URG,ECE,CWR opt=fe0412345678fd40")->intent =
      INTENT_RETRANSMIT;
}

static void trouble_told(struct scene *s)
{
  scene_state(s, END_PEER, STATE_ESTABLISHED, TRUTH_DENIED, &scene_ack_of_syn)->truth = STATE_SYN_RECEIVED;
  struct facts facts = {
      .by_rfc = {ANSWER_SILENCE, STATE_SYN_RECEIVED, STATE_ESTABLISHED, 0, false, false, 0, 0},
      .answer = {ANSWER_DROPPED, STATE_SYN_RECEIVED, STATE_SYN_RECEIVED, 0, false, false, 0, 0}};
  scene_note(s, END_PEER, MESSAGE_DIFFERS, &scene_ack_of_syn, &facts);
  facts = (struct facts){
      .predicted = STATE_ESTABLISHED, .state = STATE_SYN_RECEIVED, .system = KERNEL(6, 18, 44)};
  scene_note(s, END_PEER, MESSAGE_DENIED, NULL, &facts);
  struct record *truth = &(struct record){
      .kind = RECORD_TRUTH, .end = END_PEER, .truth = STATE_CLOSED, .confirmed = TRUTH_DENIED};
  add(s, truth);
  scene_note(s, END_YOU, MESSAGE_SIGNAL, &scene_fin, &(struct facts){.signal = SIGNAL_RESET});
  scene_note(s, END_PEER, MESSAGE_SIGNAL, &scene_fin, &(struct facts){.signal = SIGNAL_REFUSED});
  scene_step(s, USEC_MS);
  scene_call(s, END_PEER, PEER_ACCEPT)->call.outcome = PEER_PENDING;
  struct record_call *read = &scene_call(s, END_PEER, PEER_READ)->call;
  read->by_app = true;
  read->data = (struct octets)OCTETS("a remark with \033[31ma colour of its own\007");
  read->count = read->data.len;
  struct record_call *connect = &scene_call(s, END_PEER, PEER_CONNECT)->call;
  connect->outcome = PEER_FAILED;
  connect->error = ERROR_ECONNREFUSED;
  scene_expect(s, "SYN,ACK ack=1415531522")->ok = true;
  struct record *missed = scene_expect(s, "RST within 1s");
  missed->message = MESSAGE_FOUND_SEGMENT;
  missed->facts =
      (struct facts){.segment = trace_segment(s->trace, 6), .pattern = OCTETS("RST seq=1823083998")};
  scene_expect(s, "peer read \033[31m\007")->message = MESSAGE_FOUND_END_OF_FILE;
}

void scene_play_trouble(struct scene *s)
{
  trouble_opening(s);
  trouble_sent(s);
  trouble_told(s);
  struct tcb *you = &s->tcb[END_YOU], *peer = &s->tcb[END_PEER];
  you->debt_count = 2;
  you->debt[0] = (struct tcp_debt){.flags = ACK, .seq = you->snd.nxt, .ack = you->rcv.nxt};
  you->debt[1] = (struct tcp_debt){.flags = PSH | ACK, .seq = 1, .len = 512, .retransmission = true};
  peer->timer[TIMER_RETRANSMISSION] = s->now + 204 * USEC_MS;
  peer->timer[TIMER_USER] = s->now - 1;
  peer->held_count = 1;
  peer->held[0] = (struct seq_range){.left = 600, .right = 700};
  peer->unread = 7;
  peer->queued = 100;
  peer->fin_queued = true;
  peer->snd.wscale = 7;
}
