/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fidelity driver: is the linux profile what this kernel does? Trial after trial it brings a fresh
   connection of the kernel into some state, throws one to three segments at it and compares answers and
   state with what the shadow predicted (trial.h, scene.h, craft.h).

   Races. The kernel has timers (retransmission 200 ms, tail loss probe from 8 ms, a SYN repeated 10 ms after
   a wrong ACK); a trial takes a tenth of a millisecond. On a busy machine one may be interrupted for longer.
   A trial that differs and took so long that a timer can have run is no proof of anything: it is made
   again from its seed until it is undisturbed, and counted under `repeated`. Nothing is forgiven: what
   differs in an undisturbed trial, or in every one of REPEATS, is a disagreement. */
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "tests/fidelity/craft.h"
#include "tests/fidelity/scene.h"
#include "tests/fidelity/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
  REPEATS = 20,
  UNDISTURBED = 3 * USEC_MS,
  ENOUGH = 200000, /* cases that miss nothing that can be reached: see scene.c, lure.c */
  EXIT_DIFFERS = 1,
  EXIT_USAGE = 2,
  EXIT_REFUSED = 3
};

struct options {
  uint64_t count, seed;
  uint64_t one; /* --case, */
  bool only_one;
  const char *state; /* scenes whose name begins so */
  unsigned show;
  const char *fired; /* where the rows that fired are written */
  bool tap, rules;
  bool every; /* every row and state is to be met, whatever the count */
};

static struct ground ground;
static struct trial trial;

static enum climate draw_climate(struct rng *rng, const struct scene *scene)
{
  bool plain = rng_below(rng, 10) != 0;
  enum climate other = (enum climate)(1 + rng_below(rng, CLIMATE_OF_SCENES - 1));

  if (scene->climate) return scene->climate;
  return plain ? CLIMATE_PLAIN : other;
}

/* Where answers are rationed a segment is thrown twice, for the second answer is what is withheld. */
static bool throw(struct trial * t)
{
  struct segment s = craft_segment(t);
  bool again = t->climate == CLIMATE_THROTTLED && trial_one_in(t, 2);

  if (!trial_send(t, &s)) return false;
  return !again || t->tcb.state == STATE_CLOSED || trial_send(t, &s);
}

static bool play(struct trial *t, const struct scene *scene, enum tcp_state *reached)
{
  struct err err;

  t->scene = scene->name;
  if (!ground_set(t->ground, t->climate, &err)) return trial_broken(t, "%s", err.message);
  if (!scene->play(t) || !trial_state(t)) return false;
  *reached = t->tcb.state;
  if (t->tcb.state != scene->state)
    return trial_broken(t, "the scene ends in %s", tcp_state_name(t->tcb.state));
  t->crafting = true;
  unsigned steps = trial_one_in(t, 3) ? 1 + rng_below(&t->rng, 3) : 1;
  if (t->climate == CLIMATE_THROTTLED) steps++;
  do {
    if (!throw(t)) return false;
  } while (--steps > 0 && t->tcb.state != STATE_CLOSED);
  return true;
}

static bool wanted(const struct options *o, const struct scene *s)
{
  return !o->state || strncmp(s->name, o->state, strlen(o->state)) == 0;
}

/* False: the scene is not of those asked for, or of this kernel. */
static bool run_trial(const struct options *o, struct tally *y, uint64_t number, struct buf *story)
{
  for (unsigned again = 0;; again++) {
    enum tcp_state reached = STATE_CLOSED;
    struct err err;
    tally_begin(y);
    trial_begin(&trial, &ground, o->seed, number, y->of_trial, &y->fields, story);
    const struct scene *scene = scene_draw(&trial.rng);
    trial.climate = draw_climate(&trial.rng, scene);
    if (!wanted(o, scene) || !scene_is_for(scene, &ground.profile[CLIMATE_PLAIN])) return false;
    play(&trial, scene, &reached);
    bool disturbed = wire_now(ground.wire) - trial.began - trial.waited > UNDISTURBED || trial.disturbed;
    if (!ground_sweep(&ground, &trial.pair, trial.fd, &err)) trial_broken(&trial, "%s", err.message);
    if (trial.forgone) return false;
    if (!trial.difference.found || !disturbed || again == REPEATS) {
      tally_add(y, &trial, reached);
      return true;
    }
    y->repeated++;
    if (story) buf_reset(story);
  }
}

static void summary(const struct options *o, const struct tally *y, usec_t took, FILE *out)
{
  unsigned fired, rows;

  tally_coverage(y, &ground.profile[CLIMATE_PLAIN], &fired, &rows);
  fprintf(out,
          "fidelity: seed %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " agree, %" PRIu64
          " disagree in %u ways; %" PRIu64 " repeated; %u of %u rules; %" PRIu64
          " segments, %.0f a second; %" PRIu64 " of timers in time, the latest %.1f ms late\n",
          o->seed, y->trials, y->agreed, y->differed, y->bucket_count, y->repeated, fired, rows, y->segments,
          took > y->waited ? (double)y->segments * 1e6 / (double)(took - y->waited) : 0.0, y->timed,
          (double)y->latest / (double)USEC_MS);
}

/* The share of each field that was compared exactly; the rest lay within its bounds. */
static void tell_fields(const struct field_counts *n, const char *prefix, FILE *out)
{
  fprintf(out, "%scompared exactly:", prefix);
  for (unsigned i = 0; i < FIELD_COUNT; i++)
    fprintf(out, "%s %s %.2f %%", i ? "," : "", field_name((enum field)i),
            n->compared[i] ? 100.0 * (double)n->exact[i] / (double)n->compared[i] : 0.0);
  fputc('\n', out);
}

static bool every_state(const struct tally *y)
{
  for (unsigned i = 0; i < STATE_COUNT; i++)
    if (y->reached[i] == 0) return false;
  return true;
}

static bool every_rule(const struct tally *y)
{
  unsigned fired, rows;

  tally_coverage(y, &ground.profile[CLIMATE_PLAIN], &fired, &rows);
  return fired == rows;
}

static int tell_tap(const struct options *o, const struct tally *y, usec_t took)
{
  tell_fields(&y->fields, "# ", stdout);
  fputs("# ", stdout);
  summary(o, y, took, stdout);
  printf("1..3\n%s 1 - the kernel agrees with the linux profile\n", y->differed ? "not ok" : "ok");
  printf("%s 2 - every state was reached\n", every_state(y) ? "ok" : "not ok");
  printf("%s 3 - every rule was fired\n", every_rule(y) ? "ok" : "not ok");
  return 0;
}

static bool write_fired(const struct options *o, const struct tally *y)
{
  FILE *file = fopen(o->fired, "w");

  if (file) tally_write(y, &ground.profile[CLIMATE_PLAIN], file);
  if (file && fclose(file) == 0) return true;
  fprintf(stderr, "fidelity: %s cannot be written\n", o->fired);
  return false;
}

static int run_all(const struct options *o, struct tally *y)
{
  const char *prefix = o->tap ? "# " : "";
  usec_t began = wire_now(ground.wire);

  for (uint64_t n = 0; y->trials < o->count; n++) run_trial(o, y, n, NULL);
  usec_t took = wire_now(ground.wire) - began;
  tally_disagreements(y, o->show, prefix, stdout);
  tally_rules(y, &ground.profile[CLIMATE_PLAIN], o->rules, prefix, stdout);
  if (o->fired && !write_fired(o, y)) return EXIT_REFUSED;
  if (o->tap) return tell_tap(o, y, took);
  tell_fields(&y->fields, "", stdout);
  summary(o, y, took, stdout);
  bool every = o->every || (o->count >= ENOUGH && !o->state);
  bool missed = every && !(every_state(y) && every_rule(y));
  if (missed) puts("fidelity: a rule or a state was never met");
  return y->differed || missed ? EXIT_DIFFERS : 0;
}

/* One case, told step by step. */
static int run_one(const struct options *o, struct tally *y)
{
  static char text[1 << 16];
  struct buf story;

  buf_init(&story, text, sizeof text);
  if (!run_trial(o, y, o->one, &story)) {
    fprintf(stderr, "fidelity: case %" PRIu64 " is not asked%s%s\n", o->one, o->state ? " in " : " here",
            o->state ? o->state : "");
    return EXIT_USAGE;
  }
  static char more[1 << 14];
  struct buf rest;
  buf_init(&rest, more, sizeof more);
  trial_name(&trial, true, &rest);
  printf("case %" PRIu64 " of seed %" PRIu64 ": %s\n%s", o->one, o->seed, more, text);
  buf_reset(&rest);
  if (trial.difference.found) trial_difference(&trial, true, &rest);
  printf("%s%s\nAs a script:\n", trial.difference.found ? "DIFFERS: " : "agrees", more);
  buf_reset(&rest);
  trial_script(&trial, &rest);
  fputs(more, stdout);
  return trial.difference.found ? EXIT_DIFFERS : 0;
}

static int usage(void)
{
  fputs("usage: fidelity [N=CASES] [SEED=NUMBER] [--case K] [--state NAME] [--show K] [--rules] [--every] "
        "[--tap]\n"
        "  N=, SEED=     how many cases (default 20000), made from which seed (default 1)\n"
        "  --case K      case K alone, told step by step, and as a script for the prompt\n"
        "  --state NAME  only scenes whose name begins so (TIME-WAIT, ESTABLISHED/tight)\n"
        "  --show K      a script for the K most frequent disagreements (default 20)\n"
        "  --rules       how often each row fired; without it, those that never did\n"
        "  --every       fail when a row that arrivals can fire, or a state, was never met; without it\n"
        "                only from 200000 cases of all scenes on\n"
        "  --fired FILE  writes which rows fired and agreed (for tests/kernels/measured.py)\n"
        "  --tap         report as TAP, exit 0\n",
        stderr);
  return EXIT_USAGE;
}

static bool number_of(const char *text, uint64_t *out)
{
  char *end;

  *out = strtoull(text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == '\0';
}

static bool read_option(struct options *o, const char *arg, const char *next, bool *took_next)
{
  uint64_t n;

  *took_next = false;
  if (strncmp(arg, "N=", 2) == 0) return number_of(arg + 2, &o->count);
  if (strncmp(arg, "SEED=", 5) == 0) return number_of(arg + 5, &o->seed);
  if (strcmp(arg, "--tap") == 0) return o->tap = true;
  if (strcmp(arg, "--rules") == 0) return o->rules = true;
  if (strcmp(arg, "--every") == 0) return o->every = true;
  *took_next = true;
  if (!next) return false;
  if (strcmp(arg, "--case") == 0) return o->only_one = number_of(next, &o->one);
  if (strcmp(arg, "--state") == 0) return (o->state = next) != NULL;
  if (strcmp(arg, "--fired") == 0) return (o->fired = next) != NULL;
  if (strcmp(arg, "--show") != 0 || !number_of(next, &n)) return false;
  o->show = (unsigned)n;
  return true;
}

static bool state_exists(const struct options *o)
{
  for (size_t i = 0; scene_at(i); i++)
    if (wanted(o, scene_at(i))) return true;
  return false;
}

static int refused(const struct options *o, const struct err *err)
{
  if (o->tap)
    printf("1..0 # SKIP %s%s%s\n", err->message, err->hint[0] ? "; " : "", err->hint);
  else
    fprintf(stderr, "fidelity: %s%s%s\n", err->message, err->hint[0] ? "; " : "", err->hint);
  return o->tap ? 0 : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
  struct options o = {.count = 20000, .seed = 1, .show = 20};
  struct err err = {.code = ERR_NONE};

  for (int i = 1; i < argc; i++) {
    bool took_next;
    if (!read_option(&o, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &took_next)) return usage();
    i += took_next;
  }
  if (!state_exists(&o)) return usage();
  struct tally *y = tally_new();
  bool up = y && ground_up(&ground, &err);
  int status = !up ? refused(&o, &err) : o.only_one ? run_one(&o, y) : run_all(&o, y);
  fflush(stdout);
  ground_down(&ground);
  tally_free(y);
  return status;
}
