/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target without a fuzzer: every file of the corpus directories, then mutated copies.

     NAME_fuzz [--mutate N] [DIRECTORY]...

   Without a directory: $top_srcdir/tests/corpus/NAME and, unless said otherwise, 5000 mutations, as
   `make check` wants it. Speaks TAP. A target reports a fault by dying; the line begun with
   "# " says over what. A failing mutation is left in NAME_fuzz.crash for a debugger. */
#include "engine/base/rng.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 70000u
#define SEEDS_MAX 512u

struct seed {
  size_t len;
  uint8_t *octets;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;
static unsigned tests, failures;
static uint8_t input[INPUT_MAX];
static size_t input_len;
static char crash_name[300];

static void report(bool ok, const char *what)
{
  printf("%sok %u - %s\n", ok ? "" : "not ", ++tests, what);
  failures += !ok;
}

/* The input in a block of its own size, so that the address sanitizer sees the end of it. */
static void run(const uint8_t *octets, size_t len)
{
  uint8_t *copy = malloc(len > 0 ? len : 1);
  if (copy == NULL) exit(EXIT_FAILURE);
  if (len > 0) memcpy(copy, octets, len);
  LLVMFuzzerTestOneInput(copy, len);
  free(copy);
}

static void keep_crash(int number)
{
  FILE *file = fopen(crash_name, "wb");
  if (file != NULL) {
    fwrite(input, 1, input_len, file);
    fclose(file);
  }
  signal(number, SIG_DFL);
  raise(number);
}

static bool load(const char *path, struct seed *out)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  out->len = fread(input, 1, sizeof input, file);
  bool ok = ferror(file) == 0 && feof(file) != 0;
  fclose(file);
  out->octets = malloc(out->len + 1);
  if (!ok || out->octets == NULL) return false;
  memcpy(out->octets, input, out->len);
  input_len = out->len;
  return true;
}

static int is_visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void replay_directory(const char *directory)
{
  struct dirent **entries = NULL;
  int n = scandir(directory, &entries, is_visible, alphasort);
  if (n <= 0) {
    printf("# %s: %s\n", directory, n < 0 ? strerror(errno) : "no seeds");
    report(false, "the corpus is there");
  }
  for (int i = 0; i < n; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
    printf("# %s\n", path);
    struct seed seed;
    bool ok = seed_count < SEEDS_MAX && load(path, &seed);
    if (ok) {
      run(seed.octets, seed.len);
      seeds[seed_count++] = seed;
    }
    report(ok, entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
}

/* Makes room for LEN octets at AT, or takes away as many as there are. */
static void insert(size_t at, size_t len)
{
  if (input_len + len > INPUT_MAX) return;
  memmove(input + at + len, input + at, input_len - at);
  input_len += len;
}

static void delete (size_t at, size_t len)
{
  if (len > input_len - at) len = input_len - at;
  memmove(input + at, input + at + len, input_len - at - len);
  input_len -= len;
}

static void mutate(struct rng *r)
{
  static const uint8_t telling[] = {0,   1,   2,   0x7f, 0x80, 0xff, ' ', '"', '\\',
                                    '=', ',', '+', '-',  ':',  '.',  '0', '9'};
  const struct seed *other = &seeds[rng_below(r, (uint32_t)seed_count)];
  size_t at = rng_below(r, (uint32_t)input_len + 1), len = 1 + rng_below(r, 8);
  size_t from = rng_below(r, (uint32_t)other->len + 1);
  bool inside = at < input_len;
  switch (rng_below(r, 7)) {
  case 0:
    if (inside) input[at] ^= (uint8_t)(1u << rng_below(r, 8));
    break;
  case 1:
    if (inside) input[at] = (uint8_t)rng_next(r);
    break;
  case 2:
    if (inside) input[at] = telling[rng_below(r, sizeof telling)];
    break;
  case 3:
    delete (at, len);
    break;
  case 4: /* part of another seed */
    if (len > other->len - from) len = other->len - from;
    if (input_len + len > INPUT_MAX) break;
    insert(at, len);
    memcpy(input + at, other->octets + from, len);
    break;
  case 5: /* a part of itself once more */
    if (len > input_len - at || input_len + len > INPUT_MAX) break;
    insert(at, len);
    break;
  default:
    delete (at, input_len - at);
    break;
  }
}

static void replay_mutations(unsigned long n)
{
  struct rng r = {1};
  char what[64];
  if (n == 0) return;
  for (unsigned long i = 0; i < n && seed_count > 0; i++) {
    const struct seed *seed = &seeds[i % seed_count];
    memcpy(input, seed->octets, seed->len);
    input_len = seed->len;
    for (uint32_t changes = 1 + rng_below(&r, 6); changes > 0; changes--) mutate(&r);
    run(input, input_len);
  }
  snprintf(what, sizeof what, "%lu mutated copies", n);
  report(seed_count > 0, what);
}

static void replay_own_corpus(const char *name)
{
  const char *top = getenv("top_srcdir");
  char directory[4096];
  snprintf(directory, sizeof directory, "%s/tests/corpus/%.*s", top != NULL ? top : ".",
           (int)strcspn(name, "_"), name);
  replay_directory(directory);
}

int main(int argc, char **argv)
{
  static const int faults[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  const char *slash = strrchr(argv[0], '/');
  const char *name = slash != NULL ? slash + 1 : argv[0];
  unsigned long mutations = 0;
  bool own = true, counted = false;
  setvbuf(stdout, NULL, _IOLBF, 0);
  snprintf(crash_name, sizeof crash_name, "%s.crash", name);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) signal(faults[i], keep_crash);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--mutate") == 0 && i + 1 < argc) {
      mutations = strtoul(argv[++i], NULL, 10);
      counted = true;
    } else {
      replay_directory(argv[i]);
      own = false;
    }
  }
  if (own) replay_own_corpus(name);
  replay_mutations(own && !counted ? 5000 : mutations);
  printf("1..%u\n", tests);
  for (size_t i = 0; i < seed_count; i++) free(seeds[i].octets);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
