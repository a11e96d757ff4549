/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tests of tests/unit/tcp_test, by subject; the program's last test wants every row of the table fired.
 */
#ifndef TCPTUTOR_TESTS_TCP_TESTS_H
#define TCPTUTOR_TESTS_TCP_TESTS_H

#define TCP_TESTS(X)                                                                                         \
  X(calls)                                                                                                   \
  X(opening)                                                                                                 \
  X(sequence_check)                                                                                          \
  X(resets)                                                                                                  \
  X(syn_in_a_connection)                                                                                     \
  X(acknowledgments)                                                                                         \
  X(text)                                                                                                    \
  X(closing)                                                                                                 \
  X(time_wait)                                                                                               \
  X(timestamps_and_scale)                                                                                    \
  X(counterfactuals)                                                                                         \
  X(linux_requests)                                                                                          \
  X(linux_sockets)                                                                                           \
  X(linux_orphans)                                                                                           \
  X(kernel_numbers)                                                                                          \
  X(kernel_changes)                                                                                          \
  X(old_kernels)                                                                                             \
  X(new_kernels)                                                                                             \
  X(measured)                                                                                                \
  X(measured_told)                                                                                           \
  X(linux_cookies)                                                                                           \
  X(fast_open)                                                                                               \
  X(linux_fast_open)                                                                                         \
  X(fast_open_asked)                                                                                         \
  X(fast_open_shadow)                                                                                        \
  X(linux_windows)                                                                                           \
  X(linux_options)                                                                                           \
  X(linux_sack)                                                                                              \
  X(linux_push)                                                                                              \
  X(linux_delayed_acks)                                                                                      \
  X(loss)                                                                                                    \
  X(linux_loss)                                                                                              \
  X(timers)                                                                                                  \
  X(linux_timers)                                                                                            \
  X(intent_reset_and_syn)                                                                                    \
  X(intent_text_and_fin)                                                                                     \
  X(intent_bare_ack)                                                                                         \
  X(debts)                                                                                                   \
  X(defaults)                                                                                                \
  X(shadows)                                                                                                 \
  X(explain)                                                                                                 \
  X(wrap)                                                                                                    \
  X(figure_5)                                                                                                \
  X(two_machines)                                                                                            \
  X(figures_8_to_11)                                                                                         \
  X(lost_segments)

#define X(name) void test_##name(void **state);
TCP_TESTS(X)
#undef X

#endif
