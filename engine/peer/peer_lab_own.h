/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the lab peer share. Not for others.

   peer_lab.c        the ops, truth
   peer_lab_table.c  listeners, connections, the queue of events
   peer_lab_call.c   the verbs that are one socket call
   peer_lab_event.c  what happens by itself: completions, the app
   peer_lab_set.c    peer set
   peer_lab_vanish.c crash and forget
   peer_lab_isn.c    peer isn
   peer_lab_probe.c  what a kernel lacks of all this

   A connection here is a socket the peer holds. What the kernel keeps after close(), and what waits in the
   accept queue, is known to sock_diag only. */
#ifndef TCPTUTOR_PEER_PEER_LAB_OWN_H
#define TCPTUTOR_PEER_PEER_LAB_OWN_H

#include "engine/lab/diag.h"
#include "engine/lab/lab.h"
#include "engine/peer/app.h"
#include "engine/peer/peer.h"
#include "engine/peer/setting.h"
#include "engine/wire/wire.h"

struct err;

enum {
  DEFAULT_PORT = 9, /* discard */
  DEFAULT_BACKLOG = 128,
  LISTENERS_MAX = 16,
  CONNECTIONS_MAX = 128,
  EVENTS_MAX = 2 * CONNECTIONS_MAX,
  READ_MAX = 1 << 16, /* octets one read returns at most */
  SEND_MAX = 1 << 20, /* octets one send takes at most */
};

struct listener {
  uint16_t port;
  int fd; /* -1: none */
};

struct connection {
  struct pair pair;
  int fd;          /* -1: none */
  bool served;     /* accepted, so the app's; a connect()ed one is the user's alone */
  bool connecting; /* connect() has not returned */
  bool reading;    /* read() has not returned */
  size_t read_max;
  uint8_t *unsent;               /* the whole of a send() that has not returned; owned */
  size_t unsent_len, sent, told; /* … of which the kernel has taken, and of those that has been told */
  struct app app;
};

struct peer_lab {
  struct peer peer;
  struct peer_ops ops; /* a copy, with this kernel's name */
  char name[40];
  struct lab *lab;    /* borrowed, */
  struct wire *wire;  /* too: the lab's own, where all is as the kernel has it, */
  struct wire *outer; /* and the one around it */
  struct diag *diag;
  struct listener listeners[LISTENERS_MAX];
  struct connection connections[CONNECTIONS_MAX];
  int connections_end;     /* from this slot on none is held, nor anything to be read */
  bool accepting;          /* accept() has not returned; */
  struct pair accept_pair; /* it is for this pair, any of its listener's when you_port is 0 */
  enum peer_app app;
  bool close_on_eof;
  bool by_reset;      /* a connection was ended by a RST in your name, for SOCK_DESTROY did not do it */
  bool lacks_destroy, lacks_repair; /* take SOCK_DESTROY, TCP_REPAIR for not to be had; for tests */
  bool isn_armed, isn_unsettled;
  bool isn_tried, isn_obeyed; /* whether the kernel takes it; tests say so by hand */
  uint32_t isn;
  struct pair isn_pair; /* while unsettled: whose TIME-WAIT is our own making */
  bool option_set[PEER_OPTION_COUNT];
  int option[PEER_OPTION_COUNT]; /* for sockets to come */
  struct peer_event queue[EVENTS_MAX];
  size_t queue_first, queue_len;
  uint8_t input[READ_MAX];
};

static inline struct peer_lab *peer_lab_of(struct peer *p) { return (struct peer_lab *)p; }

/* table */
struct listener *listener_find(struct peer_lab *, uint16_t port);
struct listener *listener_free_slot(struct peer_lab *);
void listener_close(struct listener *);
struct connection *connection_find(struct peer_lab *, const struct pair *);
bool connection_room(const struct peer_lab *);
/* Takes FD over. NULL when the table is full; FD is then still the caller's. */
struct connection *connection_add(struct peer_lab *, const struct pair *, int fd);
/* Lets the socket go with close(), which aborts; pending calls end as ECANCELED events. */
void connection_close(struct peer_lab *, struct connection *);
/* The user's close(): IN_ORDER it sends a FIN, unless SO_LINGER is 0. */
void connection_end(struct peer_lab *, struct connection *, bool in_order);
/* False: its connection is over, or in TIME-WAIT, where the kernel has it to itself. */
bool connection_alive(const struct connection *);
/* accept() on the listener: the connection, or NULL and errno (EAGAIN: the queue is empty; EMFILE: ours is
   full). */
struct connection *connection_accept(struct peer_lab *, struct listener *);
/* Accepts until PAIR is there (each a queued event, PAIR's too when REPORT). One that was reset while it
   waited is passed over for a later one of the same pair. NULL: it is not in the accept queue. */
struct connection *connection_take(struct peer_lab *, const struct pair *, bool report);
/* As connection_take(), after looking among those held; *ERR says in which state the pair is if there is
   none. */
struct connection *connection_need(struct peer_lab *, const struct pair *, struct err *);
/* A socket of the peer's, with the options set so far. -1 and errno. It, and what is accepted from it, aborts
   when it is closed: whatever ends the program, the kernel then has nothing left to finish with nobody, which
   would keep the namespace for minutes. Only connection_end() ends one in order. */
int peer_lab_socket(struct peer_lab *);
/* `peer set linger`: whether connection_end() aborts as well. 0 or errno. */
int peer_lab_linger(int fd, bool zero);
/* Seconds since 1970: what daytime tells. */
int64_t peer_lab_calendar(void);

/* An event of now. */
struct peer_event peer_lab_event(struct peer_lab *, enum peer_verb, const struct pair *);
/* The same, failed. */
void peer_lab_fail(struct peer_event *, int error);
/* For peer_next_event() to find. The oldest is lost when EVENTS_MAX wait. */
void peer_lab_queue(struct peer_lab *, const struct peer_event *);
void peer_lab_accepted(struct peer_lab *, const struct connection *, bool by_app);

/* call */
bool peer_lab_call(struct peer *, const struct peer_request *, struct peer_event *, struct err *);
/* One attempt at the call; EVENT says how it went, PEER_PENDING when it would block. */
void connection_read(struct peer_lab *, struct connection *, size_t max, struct peer_event *);
void connection_send(struct peer_lab *, struct connection *, struct peer_event *);
void connection_shut(struct peer_lab *, struct connection *, struct peer_event *);

/* event */
bool peer_lab_next(struct peer *, struct peer_event *);
size_t peer_lab_pollfds(struct peer *, struct pollfd *, size_t cap);

/* set */
bool peer_lab_set(struct peer_lab *, const struct peer_request *, struct peer_event *, struct err *);
/* All options set so far, on a new socket. */
void peer_lab_options(struct peer_lab *, int fd);

/* vanish */
/* A segment in your name, out of sight: what comes of it is for the caller to swallow. */
bool peer_lab_put(struct peer_lab *, const struct pair *, uint8_t flags, seq_t seq, seq_t ack, uint32_t text,
                  struct err *);
bool peer_lab_crash(struct peer_lab *, const struct pair *, struct err *);
void peer_lab_forget(struct peer *, const struct pair *);

/* isn */
/* Leaves a connection that nobody holds and never was: in TIME-WAIT or FIN-WAIT-1. What comes of it is for the
   caller to swallow. */
bool peer_lab_leave(struct peer_lab *, const struct pair *, enum tcp_state, struct err *);
/* Whether the kernel can be told its ISN; tried at the first call. */
bool peer_lab_isn_obeyed(struct peer_lab *);
bool peer_lab_isn_taken(struct peer *, const struct pair *, seq_t *isn);
/* Tells FD, about to connect(), the ISN asked for, if any is. 0 or errno. */
int peer_lab_isn_connect(struct peer_lab *, int fd);
bool peer_lab_before_send(struct peer *, const struct pair *, const struct segment *, struct err *);
/* The SYN has gone: a TIME-WAIT of our making that it did not end is removed. */
void peer_lab_isn_settle(struct peer_lab *);

#endif
