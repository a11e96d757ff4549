/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do next, as a table of situations: the first that fits is the one. */
#include "engine/segment/text.h"
#include "engine/trace/heap_buf.h"
#include "engine/view/paint.h"
#include "engine/words/words.h"

#include <string.h>

typedef bool situation_fn(const struct view_moment *);

static enum tcp_state you(const struct view_moment *m) { return m->tcb[END_YOU].state; }
static enum tcp_state peer(const struct view_moment *m) { return m->tcb[END_PEER].state; }
static bool is_gone(enum tcp_state s) { return s == STATE_CLOSED || s == STATE_LISTEN; }

/* Your last segment takes sequence space that is not acknowledged yet, and this became of it. */
static bool last_was(const struct view_moment *m, enum segment_fate fate)
{
  const struct record *r = m->sent;
  if (!r || r->fate != fate || is_gone(you(m))) return false;
  uint32_t len = segment_len(&r->segment);
  return len == 0 || seq_lt(m->tcb[END_YOU].snd.una, r->segment.seq + len);
}

static bool is_lost(const struct view_moment *m) { return last_was(m, FATE_LOST); }
static bool is_held(const struct view_moment *m) { return last_was(m, FATE_HELD); }
static bool is_time_wait(const struct view_moment *m)
{
  return you(m) == STATE_TIME_WAIT || peer(m) == STATE_TIME_WAIT;
}
static bool is_fresh(const struct view_moment *m)
{
  return !m->used && you(m) == STATE_CLOSED && peer(m) == STATE_LISTEN;
}
static bool is_nobody(const struct view_moment *m)
{
  return you(m) == STATE_CLOSED && peer(m) == STATE_CLOSED && !m->listening;
}
static bool is_half_open(const struct view_moment *m) { return you(m) == STATE_CLOSED && !is_gone(peer(m)); }
static bool is_over(const struct view_moment *m) { return you(m) == STATE_CLOSED; }
static bool is_listening(const struct view_moment *m) { return you(m) == STATE_LISTEN; }
static bool is_calling(const struct view_moment *m) { return you(m) == STATE_SYN_SENT; }
static bool is_called(const struct view_moment *m) { return you(m) == STATE_SYN_RECEIVED; }
static bool is_window_closed(const struct view_moment *m)
{
  return (you(m) == STATE_ESTABLISHED || you(m) == STATE_CLOSE_WAIT) && m->tcb[END_YOU].snd.wnd == 0;
}
static bool is_peer_gone(const struct view_moment *m) { return !is_gone(you(m)) && is_gone(peer(m)); }

static bool is_calling_anew(const struct view_moment *m)
{
  return is_calling(m) && is_gone(peer(m)) && m->listening;
}

static bool is_open(const struct view_moment *m)
{
  return you(m) == STATE_ESTABLISHED && peer(m) == STATE_ESTABLISHED;
}

static bool is_new(const struct view_moment *m)
{
  const struct tcb *t = &m->tcb[END_YOU];
  return is_open(m) && t->snd.nxt == t->iss + 1 && t->rcv.nxt == t->irs + 1;
}

static bool is_passive_close(const struct view_moment *m) { return you(m) == STATE_CLOSE_WAIT; }
static bool is_half_closed(const struct view_moment *m)
{
  return you(m) == STATE_FIN_WAIT_2 && peer(m) == STATE_CLOSE_WAIT;
}
static bool is_unacknowledged(const struct view_moment *m)
{
  return m->tcb[END_YOU].snd.una != m->tcb[END_YOU].snd.nxt;
}
static bool is_any(const struct view_moment *m) { return m->tcb != NULL; }

/* NEXT: half a line, for what is obvious; NULL: it is not. HINT: what is to be done, for who asks. */
static const struct {
  situation_fn *when;
  const char *next, *hint;
} situations[] = {
    {is_lost, "`resend` sends again what was lost",
     "Your last segment was lost on its way. Your TCP would send it again when its retransmission timer "
     "runs out: `resend` does, octet for octet."},
    {is_held, "`release` and its name lets it arrive",
     "Your last segment is held up on its way. `release` and the name you gave it lets it arrive; what "
     "you send meanwhile overtakes it."},
    {is_time_wait, "`wait 2msl` lets TIME-WAIT run out",
     "The end that closed first waits for 2MSL, so that old segments die out and its last ACK can be "
     "repeated. `wait 2msl` lets that time pass, `new` begins another connection meanwhile, and `send "
     "SYN` from the same port shows what TIME-WAIT is there for."},
    {is_fresh, NULL,
     "Nothing is open yet. `send SYN` opens a connection by hand, `open` lets your TCP do it; `listen` "
     "and then `peer connect` make you the server."},
    {is_nobody, "`peer listen` makes the peer take connections",
     "Nobody listens at the other end: a SYN is answered with RST. `peer listen` changes that."},
    {is_half_open, "`send SYN` finds the connection half-open",
     "Your end is gone and the other does not know: the connection is half-open (RFC 9293 3.5.1). "
     "Whatever arrives is answered with RST; `send SYN` and see what the peer makes of it."},
    {is_over, "`new` begins another connection",
     "The connection is over. `new` begins another from a port of its own, `send SYN` one from the same "
     "port; `ladder` and `diagram` show what happened."},
    {is_listening, "`peer connect` calls you", "You listen. `peer connect` makes the other end send a SYN."},
    {is_calling_anew, "`send SYN` sends your SYN again",
     "The other end listens and has nothing of a connection with you: your SYN was not taken. `send SYN` "
     "sends it again, as your TCP would when its retransmission timer runs out."},
    {is_peer_gone, NULL,
     "The other end knows nothing of this connection any more. Whatever you send is answered with RST: "
     "try `send ACK`."},
    {is_calling, NULL,
     "Your SYN is out and waits for a SYN,ACK. `wait SYN,ACK within 3s` waits for one; `send SYN` sends "
     "it again; `peer connect` makes both ends call at once."},
    {is_called, NULL,
     "Both SYNs are out; yours waits for its acknowledgment. `send SYN,ACK` sends it again."},
    {is_window_closed, "`peer read` opens the peer's window again",
     "The peer's window is closed: nothing you send is taken. `peer read` makes its program read; `send "
     "ACK len=1` is a probe of the window."},
    {is_new, "`send PSH,ACK \"hello\"` sends data, `close` begins the end",
     "The connection is open. `send PSH,ACK \"hello\"` sends data, `peer send \"hello\"` has the peer "
     "send some; `close` or `send FIN,ACK` ends your half first, `peer close` the peer's."},
    {is_passive_close, "`close` ends your half as well",
     "The peer has closed its half: nothing more comes from it, but you may still send. `close`, or "
     "`send FIN,ACK`, ends yours."},
    {is_half_closed, "`peer close` ends the peer's half as well",
     "Your FIN is acknowledged, and the peer's program still holds its half open: it could send for "
     "ever. `peer send \"more\"` shows that, `peer close` ends it."},
    {is_unacknowledged, NULL,
     "Something you sent is not acknowledged. `resend` sends it again, as your TCP would when its timer "
     "runs out; `wait ACK within 1s` gives the peer time."},
    {is_open, NULL,
     "The connection is open and nobody owes anything. `send PSH,ACK \"text\"` and `peer send \"text\"` "
     "move data, `close` and `peer close` end it; `send RST` ends it at once."},
    {is_any, NULL, "Nothing is asked of you now. `wait` lets time pass, `state` shows where both ends are."},
};

/* What each state waits for, behind the end's name: "the peer waits for …". */
static const char *waits_for(const struct view_moment *m)
{
  switch (peer(m)) {
  case STATE_CLOSED:
    return "has no connection with you";
  case STATE_LISTEN:
    return "listens: any SYN will do";
  case STATE_SYN_SENT:
    return "has sent a SYN and waits for yours, with the ACK of its own";
  case STATE_SYN_RECEIVED:
    return "waits for the ACK of its SYN";
  case STATE_ESTABLISHED:
    return "waits for nothing but data";
  case STATE_FIN_WAIT_1:
  case STATE_CLOSING:
  case STATE_LAST_ACK:
    return "waits for the ACK of its FIN";
  case STATE_FIN_WAIT_2:
    return "waits for your FIN";
  case STATE_CLOSE_WAIT:
    return "waits for its own program to close";
  case STATE_TIME_WAIT:
    return "waits for time to pass, and for nothing from you";
  case STATE_COUNT:
    break;
  }
  return "is in no state";
}

static size_t find(const struct view_moment *m)
{
  size_t i = 0;
  while (!situations[i].when(m)) i++;
  return i;
}

const char *view_next(const struct view_moment *m)
{
  return m->tcb[END_YOU].debt_count > 0 ? NULL : situations[find(m)].next;
}

void view_put_next(const char *next, const struct view_options *o, struct buf *b)
{
  size_t indent = o->plain ? 0 : paint_text_column(o), line = b->len;
  paint_to(b, line, indent);
  struct buf text;
  heap_buf_init(&text);
  buf_printf(&text, "%s %s%s", o->plain ? "Next:" : "next:", next, o->plain ? "." : "");
  if (!text.truncated) paint_wrapped(b, o, INK_DIM, line, indent, text.data);
  buf_putc(b, '\n');
  heap_buf_free(&text);
}

static void put_debts(const struct view_moment *m, const struct view_options *o, struct buf *b)
{
  const struct tcb *t = &m->tcb[END_YOU];
  struct buf text;
  heap_buf_init(&text);
  for (unsigned i = 0; i < t->debt_count; i++) {
    const struct tcp_debt *debt = &t->debt[i];
    buf_reset(&text);
    char flags[48];
    struct buf name;
    buf_init(&name, flags, sizeof flags);
    segment_print_flags(&name, debt->flags);
    buf_printf(&text, "%s %s %s%s.", i == 0 ? "You owe" : "And you owe", flags[0] == 'A' ? "an" : "a", flags,
               debt->retransmission ? " again" : "");
    if (debt->rule) buf_printf(&text, " %s (%s)", words_why(debt->rule), debt->rule->cite);
    if (!text.truncated) view_wrap(text.data, 0, o, b);
  }
  buf_reset(&text);
  buf_puts(&text, "`send` alone sends what a TCP would send now; by hand it is `send ");
  segment_print_flags(&text, t->debt[0].flags);
  buf_puts(&text, "`.");
  if (!text.truncated) view_wrap(text.data, 0, o, b);
  heap_buf_free(&text);
}

/* What the other end waits for, and the timer of its own that runs. */
static void put_peer(const struct view_moment *m, const struct view_options *o, struct buf *b)
{
  struct buf text;
  heap_buf_init(&text);
  bool called_peer = strcmp(paint_name(o, END_PEER), view_default.name[END_PEER]) == 0;
  if (called_peer)
    buf_puts(&text, "The peer");
  else
    paint_capital(&text, o, END_PEER);
  buf_printf(&text, " %s.", waits_for(m));
  if (m->peer_timer) {
    buf_printf(&text, " Its %s timer runs out in ", m->peer_timer);
    usec_print(&text, m->peer_left < 0 ? 0 : m->peer_left - m->peer_left % (100 * USEC_MS));
    buf_putc(&text, '.');
  }
  if (m->peer_unread > 0)
    buf_printf(&text, " %u octets wait to be read by its program.", (unsigned)m->peer_unread);
  if (!text.truncated) view_wrap(text.data, 0, o, b);
  heap_buf_free(&text);
}

void view_hint(const struct view_moment *m, const struct view_options *o, struct buf *b)
{
  if (m->tcb[END_YOU].debt_count > 0)
    put_debts(m, o, b);
  else
    view_wrap(situations[find(m)].hint, 0, o, b);
  put_peer(m, o, b);
}
