/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that rows of the table may use: conditions (guards*.c) and what is done (effects*.c). */
#ifndef TCPTUTOR_TCP_GUARDS_H
#define TCPTUTOR_TCP_GUARDS_H

#include <stdbool.h>

struct tcp_step;

/* guards.c */
bool call_unspecified(const struct tcp_step *);
bool released(const struct tcp_step *);
bool text_unread(const struct tcp_step *);
bool released_unread(const struct tcp_step *);
bool nothing_queued(const struct tcp_step *);
bool passive(const struct tcp_step *);
bool was_time_wait(const struct tcp_step *);
bool accept_queue_full(const struct tcp_step *);
bool overflow_aborts(const struct tcp_step *);
bool rfc1337(const struct tcp_step *);
bool not_by_hand(const struct tcp_step *);
bool request(const struct tcp_step *);
bool with_request(const struct tcp_step *);
bool linux_orphan(const struct tcp_step *);
bool full_socket(const struct tcp_step *);
bool throttled(const struct tcp_step *);
bool answer_throttled(const struct tcp_step *);
bool options_broken_early(const struct tcp_step *);
bool socket_options_broken(const struct tcp_step *);
bool timestamp_missing(const struct tcp_step *);
bool bare_and_left(const struct tcp_step *);
bool timestamp_old(const struct tcp_step *);
bool timestamp_old_in_mini(const struct tcp_step *);
bool request_echo_wrong(const struct tcp_step *);
bool syn_echo_wrong(const struct tcp_step *);
bool timestamp_news(const struct tcp_step *);
bool at_rcv_nxt(const struct tcp_step *);
bool not_at_rcv_nxt(const struct tcp_step *);
bool not_acceptable(const struct tcp_step *);
bool zero_window_in_order(const struct tcp_step *);
bool began_left(const struct tcp_step *);
bool begins_left(const struct tcp_step *);
bool ends_right(const struct tcp_step *);
bool request_outside(const struct tcp_step *);
bool orphan_outside(const struct tcp_step *);
bool request_syn_again(const struct tcp_step *);
bool request_ack_wrong(const struct tcp_step *);
bool linux_outside(const struct tcp_step *);
bool rst_at_minus_one(const struct tcp_step *);
bool linux_outside_rst(const struct tcp_step *);
bool rst_at_held_edge(const struct tcp_step *);
bool rst_not_inside(const struct tcp_step *);
bool rst_inside_not_at_edge(const struct tcp_step *);
bool fin_repeated(const struct tcp_step *);
bool not_bare_in_order(const struct tcp_step *);
bool syn_reopens(const struct tcp_step *);
bool listener_drops(const struct tcp_step *);
bool syn_finds_nobody(const struct tcp_step *);
bool carried_syn(const struct tcp_step *);
bool crossing_syn_ack(const struct tcp_step *);
bool ack_not_of_our_syn(const struct tcp_step *);
bool ack_not_of_our_syn_first(const struct tcp_step *);
bool ack_of_the_future(const struct tcp_step *);
bool ack_too_old(const struct tcp_step *);
bool ack_old(const struct tcp_step *);
bool stamps_request(const struct tcp_step *);
bool ack_not_in_range(const struct tcp_step *);
bool ack_of_our_syn(const struct tcp_step *);
bool linux_ack_of_iss(const struct tcp_step *);
bool ack_of_our_syn_fin_waits(const struct tcp_step *);
bool fin_waited_for_established(const struct tcp_step *);
bool ack_new(const struct tcp_step *);
bool ack_duplicate(const struct tcp_step *);
bool window_news(const struct tcp_step *);
bool probe_refused(const struct tcp_step *);
bool header_predicted(const struct tcp_step *);
bool linux_fast_timestamp(const struct tcp_step *);
bool linux_fast_path(const struct tcp_step *);
bool our_fin_acked(const struct tcp_step *);
bool fin_acked_orphan(const struct tcp_step *);
bool fin_acked_orphan_text(const struct tcp_step *);
bool fin_may_go(const struct tcp_step *);
bool nothing_new(const struct tcp_step *);
bool more_than_fin(const struct tcp_step *);
bool has_text(const struct tcp_step *);
bool text_in_order(const struct tcp_step *);
bool text_ack_can_wait(const struct tcp_step *);
bool text_past_gap(const struct tcp_step *);
bool linux_text_old(const struct tcp_step *);
bool linux_text_no_room(const struct tcp_step *);
bool late_no_room(const struct tcp_step *);
bool text_for_an_orphan(const struct tcp_step *);
bool text_straddles_their_fin(const struct tcp_step *);
bool fin_beyond_their_fin(const struct tcp_step *);
bool fin_in_order(const struct tcp_step *);
bool fin_past_gap(const struct tcp_step *);
bool retries_spent(const struct tcp_step *);
bool request_retries_spent(const struct tcp_step *);
bool some_window(const struct tcp_step *);
bool probes_spent(const struct tcp_step *);

/* linux/cookie.c */
bool cookie_asked(const struct tcp_step *);
bool syns_too_many(const struct tcp_step *);
bool syns_for_the_known(const struct tcp_step *);
bool cookie_comes_back(const struct tcp_step *);
void answer_syn_cookie(struct tcp_step *);
void take_cookie(struct tcp_step *);

/* fast_open.c */
bool fast_opened(const struct tcp_step *);
bool fast_open_may(const struct tcp_step *);
bool fast_open_right(const struct tcp_step *);
bool fast_open_asked(const struct tcp_step *);
bool fast_open_unseen(const struct tcp_step *);
bool fast_open_wrong(const struct tcp_step *);
bool syn_reopens_fast(const struct tcp_step *);
bool another_syn(const struct tcp_step *);
bool fast_open_passes(const struct tcp_step *);
bool fast_open_acked(const struct tcp_step *);
bool sent_cookie_request(const struct tcp_step *);
bool sent_fast_open(const struct tcp_step *);
void take_fast_open(struct tcp_step *);
void answer_syn_give_cookie(struct tcp_step *);
void answer_syn_cookie_unseen(struct tcp_step *);

/* linux/defer.c */
bool ack_deferred(const struct tcp_step *);
bool text_awaited(const struct tcp_step *);
void put_ack_aside(struct tcp_step *);
void wait_for_text(struct tcp_step *);

/* loss.c */
bool blocks_tell(const struct tcp_step *);
bool duplicate_without_blocks(const struct tcp_step *);
bool duplicate_too_many(const struct tcp_step *);
bool duplicate_means_loss(const struct tcp_step *);
bool duplicate_of_few(const struct tcp_step *);
bool recovering(const struct tcp_step *);
bool ack_partial(const struct tcp_step *);
bool ack_partial_late(const struct tcp_step *);
bool ack_after_timeout(const struct tcp_step *);
bool sent_early(const struct tcp_step *);
void count_too_many(struct tcp_step *);
void count_duplicate(struct tcp_step *);
void retransmit_fast(struct tcp_step *);
void recover_on(struct tcp_step *);
void take_partial_ack(struct tcp_step *);
void take_ack_after_timeout(struct tcp_step *);
void sent_again_early(struct tcp_step *);

/* linux/time.c */
bool window_probes_spent(const struct tcp_step *);

/* linux/delay.c */
bool linux_text_ack_waits(const struct tcp_step *);
bool linux_fin_ack_waits(const struct tcp_step *);
bool late_fin_ack_waits(const struct tcp_step *);
bool ack_finds_occasion(const struct tcp_step *);
bool linux_handshake_waits(const struct tcp_step *);
bool reading_lets_ack_go(const struct tcp_step *);
void take_text_ack_waits(struct tcp_step *);
void take_fin_ack_waits(struct tcp_step *);
void take_late_fin_ack_waits(struct tcp_step *);
void establish_ack_waits(struct tcp_step *);
void receive_text_and_acknowledge(struct tcp_step *);
void want_ack_at_last(struct tcp_step *);

/* guards_sent.c */
bool sent_occupies(const struct tcp_step *);
bool sent_text(const struct tcp_step *);
bool sent_at_snd_nxt(const struct tcp_step *);
bool sent_at_iss(const struct tcp_step *);
bool sent_syn_unanswered(const struct tcp_step *);
bool syn_not_sent(const struct tcp_step *);
bool reset_owed(const struct tcp_step *);
bool sent_at_iss_owed(const struct tcp_step *);
bool ack_owed(const struct tcp_step *);
bool sent_ack_is_rcv_nxt(const struct tcp_step *);
bool sent_ack_beyond(const struct tcp_step *);
bool sent_ack_behind(const struct tcp_step *);
bool sent_ack_ancient(const struct tcp_step *);
bool sent_beyond_fin(const struct tcp_step *);
bool sent_unacknowledged(const struct tcp_step *);
bool sent_acknowledged(const struct tcp_step *);
bool sent_past_gap(const struct tcp_step *);
bool sent_beyond_window(const struct tcp_step *);
bool sent_window_probe(const struct tcp_step *);
bool sent_window_probe_again(const struct tcp_step *);
bool sent_keepalive_octet(const struct tcp_step *);
bool sent_empty_probe(const struct tcp_step *);
bool sent_bare_ack(const struct tcp_step *);
bool fin_waits(const struct tcp_step *);

/* effects.c */
void want_ack(struct tcp_step *);
void answer_ack(struct tcp_step *);
void challenge(struct tcp_step *);
void challenge_if_may(struct tcp_step *);
void challenge_as_socket(struct tcp_step *);
void answer_reset(struct tcp_step *);
void forget(struct tcp_step *);
void delete_tcb(struct tcp_step *);
void answer_reset_and_forget(struct tcp_step *);
void answer_reset_and_abort(struct tcp_step *);
void syn_soon(struct tcp_step *);
void answer_reset_syn_soon(struct tcp_step *);
void reset_by_peer(struct tcp_step *);
void reset_pipe(struct tcp_step *);
void reset_late(struct tcp_step *);
void refuse(struct tcp_step *);
void answer_syn(struct tcp_step *);
void repeat_syn_ack(struct tcp_step *);
void answer_crossing_syn(struct tcp_step *);
void establish_from_syn_sent(struct tcp_step *);
void establish(struct tcp_step *);
void start_time_wait(struct tcp_step *);
void ignore_reset(struct tcp_step *);
void wait_again(struct tcp_step *);
void wait_again_bare(struct tcp_step *);
void acknowledge_and_wait(struct tcp_step *);
void reopen(struct tcp_step *);
void reopen_fast(struct tcp_step *);
void back_to_time_wait(struct tcp_step *);
void close_acknowledged(struct tcp_step *);
void close_done(struct tcp_step *);
void orphan_fin_wait_2(struct tcp_step *);
void send_now(struct tcp_step *);
void take_fin(struct tcp_step *);
void take_fin_ack_at_once(struct tcp_step *);
void take_fin_and_wait(struct tcp_step *);
void take_fin_and_forget(struct tcp_step *);

/* effects_data.c */
void trim_left(struct tcp_step *);
void trim_right(struct tcp_step *);
void strip_text_and_ack(struct tcp_step *);
void take_timestamp(struct tcp_step *);
void take_ack(struct tcp_step *);
void take_window(struct tcp_step *);
void take_window_and_octet_back(struct tcp_step *);
void take_urgent(struct tcp_step *);
void take_text(struct tcp_step *);
void take_text_delay_ack(struct tcp_step *);
void take_old_text(struct tcp_step *);
void refuse_text(struct tcp_step *);
void hold_text(struct tcp_step *);
void hold_fin(struct tcp_step *);
void retransmit_syn(struct tcp_step *);
void retransmit_syn_ack(struct tcp_step *);
void retransmit_oldest(struct tcp_step *);
void probe_window_empty(struct tcp_step *);
void send_what_fits(struct tcp_step *);
void probe_window(struct tcp_step *);
void probe_idle(struct tcp_step *);
void time_out_abort(struct tcp_step *);
void time_out_reset(struct tcp_step *);

/* effects_call.c */
void signal_ok(struct tcp_step *);
void error_exists(struct tcp_step *);
void error_not_open(struct tcp_step *);
void error_closing(struct tcp_step *);
void error_not_specified(struct tcp_step *);
void open_active(struct tcp_step *);
void open_active_and_queue(struct tcp_step *);
void open_passive(struct tcp_step *);
void queue_text(struct tcp_step *);
void receive_text(struct tcp_step *);
void end_of_stream(struct tcp_step *);
void queue_fin(struct tcp_step *);
void release_tcb(struct tcp_step *);
void close_twice(struct tcp_step *);
void abort_reset(struct tcp_step *);
void abort_with_ack(struct tcp_step *);
void sent_open(struct tcp_step *);
void sent_syn_ack(struct tcp_step *);
void sent_new(struct tcp_step *);
void sent_again(struct tcp_step *);
void sent_probe(struct tcp_step *);
void sent_ack(struct tcp_step *);
void sent_abort(struct tcp_step *);

#endif
