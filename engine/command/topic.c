/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command/topic.h"

#include "engine/base/buf.h"
#include "engine/command/command.h"

static void put_segment(struct buf *b)
{
  buf_puts(b, "A segment is written FLAGS [field=value]... [\"payload\"], as in\n"
              ">  send SYN seq=1415531521 win=4096 mss=1024\n"
              ">  send PSH,ACK ack=rcv.nxt \"GET / HTTP/1.0\\r\\n\\r\\n\"\n"
              "\n"
              "Each part may be left out. What you leave out is filled in when you send, and may be anything "
              "when you expect. What you give is "
              "sent as it is, even when it is nonsense.\n"
              "\n"
              "'help flags', 'help fields' and 'help values' say what may stand there. A payload stands "
              "between quotes; "
              "\\n \\r \\t \\0 \\\\ \\\" \\xNN \\u{NNNN} are the escapes. 'len=N' is N octets of filler, "
              "'data=HEX' octets in hexadecimal.\n");
}

static void put_fields(struct buf *b)
{
  struct segment_word w;
  buf_puts(b, "Fields of a segment, after its flags:\n");
  for (size_t i = 0; segment_word(i, &w); i++)
    buf_printf(b, "  %s%s%s\t%s\n", w.name, w.value ? *w.value == '[' ? "[=" : "=" : "",
               w.value ? *w.value == '[' ? w.value + 1 : w.value : "", w.help);
}

static void put_values(struct buf *b)
{
  buf_puts(b, "A number is written\n"
              "  1415531521\tin decimal\n"
              "  0x545f5101\tin hexadecimal\n"
              "  snd.nxt\tas a name, worth what it is when the command runs\n"
              "  rcv.nxt-1\tas a name with an offset\n"
              "  +1\tas an offset from what would stand there if you gave nothing\n"
              "  sum=bad\tthe checksum only: any wrong one\n"
              "\n"
              "The names are your connection's; 'peer.' before one means the other end's:\n");
  for (size_t i = 0; i < NAME_COUNT; i++)
    buf_printf(b, "  %s\t%s\n", segment_name_text((enum segment_name)i),
               segment_name_help((enum segment_name)i));
}

static void put_flags(struct buf *b)
{
  buf_puts(b, "Flags are joined by commas, as in SYN,ACK, in either case; 'none' is no flag at all. "
              "tcpdump's letters do as well, in capitals: "
              "'S.' is SYN,ACK, '.' is ACK.\n"
              "  SYN\tS  synchronize sequence numbers\n"
              "  ACK\t.  the acknowledgment number counts\n"
              "  FIN\tF  no more data from the sender\n"
              "  RST\tR  reset the connection\n"
              "  PSH\tP  push: hand the data to the reader\n"
              "  URG\tU  the urgent pointer counts\n"
              "  ECE\tE  ECN echo (RFC 3168)\n"
              "  CWR\tW  congestion window reduced (RFC 3168)\n");
}

static void put_states(struct buf *b)
{
  static const char *const meaning[STATE_COUNT] = {
      [STATE_CLOSED] = "no connection at all: imaginary, for there is no TCB",
      [STATE_LISTEN] = "waits for a SYN from anyone",
      [STATE_SYN_SENT] = "has sent a SYN, waits for one",
      [STATE_SYN_RECEIVED] = "has sent and received a SYN, waits for its acknowledgment",
      [STATE_ESTABLISHED] = "open: data goes both ways",
      [STATE_FIN_WAIT_1] = "has sent a FIN, waits for its acknowledgment or the other's FIN",
      [STATE_FIN_WAIT_2] = "its FIN is acknowledged, waits for the other's",
      [STATE_CLOSE_WAIT] = "has received a FIN, waits for its own user to close",
      [STATE_CLOSING] = "both have sent a FIN at once, waits for the acknowledgment of its own",
      [STATE_LAST_ACK] = "has received a FIN and sent its own, waits for the acknowledgment",
      [STATE_TIME_WAIT] = "waits 2MSL, so that its last ACK and old segments are done with",
  };
  buf_puts(b, "The states of RFC 9293 3.3.2. Other spellings in use (SYN_RECV, fin-wait1, ESTAB) are "
              "understood, in either case.\n");
  for (size_t i = 0; i < STATE_COUNT; i++)
    buf_printf(b, "  %s\t%s\n", tcp_state_name((enum tcp_state)i), meaning[i]);
}

static void put_settings(struct buf *b)
{
  const struct setting *s;
  const char *name;
  buf_puts(b, "'set KEY VALUE' changes, 'set' lists:\n");
  for (size_t i = 0; (s = setting_at(i)) != NULL; i++)
    buf_printf(b, "  %s\t%s: %s\n", s->name, s->values, s->help);
  buf_puts(b, "\n'peer set KEY VALUE' changes the peer's sockets and its network namespace:\n");
  for (size_t i = 0; (name = peer_setting_name(i)) != NULL; i++)
    buf_printf(b, "  %s\t%s\n", name, peer_setting_help(i));
}

static void put_scripts(struct buf *b)
{
  buf_puts(b, "The same language is spoken at the prompt, in 'tcptutor -c COMMANDS', in files and on "
              "standard input. Commands stand on lines of "
              "their own or have ';' between them; '#' begins a comment.\n"
              "\n"
              "A script is checked from end to end before anything of it is sent. The first failure ends it "
              "unless 'set keep-going on'. "
              "The exit status says how it went:\n"
              "  0\tall is well\n"
              "  1\tan expectation, a wait or a check failed\n"
              "  2\tthe command line or a line of the script was wrong\n"
              "  3\tthe wire (the lab) is not to be had here; 'tcptutor doctor' says why\n");
}

static void put_interview(struct buf *b)
{
  buf_puts(b,
           "Questions about TCP that people are asked in interviews, and the step of a lesson that answers "
           "each: 'lesson ID#STEP' begins there.\n");
}

static const struct topic topics[] = {
    {"segment", "how a segment is written", put_segment},
    {"flags", "the control bits and their letters", put_flags},
    {"fields", "the fields and options of a segment", put_fields},
    {"values", "numbers, names and offsets", put_values},
    {"states", "the eleven states of a connection", put_states},
    {"settings", "what 'set' and 'peer set' can change", put_settings},
    {"scripts", "scripts and exit statuses", put_scripts},
    {TOPIC_INTERVIEW, "questions people are asked, and the lessons that answer them", put_interview},
};

const struct topic *topic_at(size_t i) { return i < sizeof topics / sizeof topics[0] ? &topics[i] : NULL; }
void topic_put(const struct topic *t, struct buf *b) { t->put(b); }

const char *command_topic_name(size_t i)
{
  const struct topic *t = topic_at(i);
  return t ? t->name : NULL;
}

const char *command_topic_summary(size_t i)
{
  const struct topic *t = topic_at(i);
  return t ? t->summary : NULL;
}
