/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files/lesson_file.h"

#include "cli/files/file.h"
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/base/words.h"
#include "engine/trace/heap_buf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORIES_MAX 32

struct directories {
  size_t count;
  char *path[DIRECTORIES_MAX];
};

static void add_directory(struct directories *d, const char *path, size_t len, const char *below)
{
  size_t below_len = strlen(below);
  if (len == 0 || *path != '/' || d->count == DIRECTORIES_MAX) return;
  char *whole = malloc(len + below_len + 1);
  if (!whole) return;
  memcpy(whole, path, len);
  memcpy(whole + len, below, below_len + 1);
  d->path[d->count++] = whole;
}

/* Each of LIST's directories, parted by colons. Relative ones are not taken (XDG Base Directory
 * Specification). */
static void add_list(struct directories *d, const char *list, const char *below)
{
  while (*list) {
    size_t len = strcspn(list, ":");
    add_directory(d, list, len, below);
    list += len + (list[len] == ':');
  }
}

/* In a build tree lessons/in-tree says where the source's lessons are. */
static void add_in_tree(struct directories *d)
{
  char path[4096], line[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
  if (n <= 0) return;
  path[n] = '\0';
  strcpy(strrchr(path, '/'), "/lessons/in-tree");
  FILE *f = fopen(path, "r");
  if (!f) return;
  if (fgets(line, sizeof line, f)) add_directory(d, line, strcspn(line, "\n"), "");
  fclose(f);
}

static void find_directories(struct directories *d)
{
  static const char below[] = "/tcptutor/lessons", installed[] = TCPTUTOR_LESSONDIR;
  const char *own = getenv("TCPTUTOR_LESSONS"), *all = getenv("XDG_DATA_DIRS");
  char data[4096];
  d->count = 0;
  if (own) add_list(d, own, "");
  if (file_own(FILE_DATA, below + 1, data, sizeof data)) add_directory(d, data, strlen(data), "");
  add_list(d, all && *all ? all : "/usr/local/share:/usr/share", below);
  add_in_tree(d);
  add_directory(d, installed, sizeof installed - 1, "");
}

static void free_directories(struct directories *d)
{
  for (size_t i = 0; i < d->count; i++) free(d->path[i]);
}

static bool is_path(const char *name) { return strchr(name, '/') || strchr(name, '.'); }

/* "DIRECTORY/NAME.md"; NULL when memory ran out. */
static char *join(const char *directory, const char *name, const char *suffix)
{
  struct buf path;
  heap_buf_init(&path);
  buf_printf(&path, "%s/%s%s", directory, name, suffix);
  return heap_buf_take(&path);
}

/* The locale of messages as it is asked for: lessons speak it even where the system does not. */
static const char *message_locale(void)
{
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return value;
  }
  return NULL;
}

/* The reader's language as folders may be called, the more particular first: "pt_BR", "pt". */
static size_t languages(char out[2][16])
{
  const char *locale = message_locale();
  size_t country = locale ? strcspn(locale, ".@") : 0, language = locale ? strcspn(locale, "_.@") : 0, n = 0;
  if (!locale || country >= sizeof out[0] || strchr(locale, '/')) return 0;
  if (country > language) snprintf(out[n++], sizeof out[0], "%.*s", (int)country, locale);
  if (language == 2 || language == 3) snprintf(out[n++], sizeof out[0], "%.*s", (int)language, locale);
  return n;
}

/* "DIRECTORY/ID.md" or, before it, "DIRECTORY/LANG/ID.md", if it is there; NULL: it is not. */
static char *find_in(const char *directory, const char *id)
{
  char language[2][16], below[64];
  size_t n = languages(language);
  for (size_t i = 0; i <= n; i++) {
    snprintf(below, sizeof below, "%s%s%s", i < n ? language[i] : "", i < n ? "/" : "", id);
    char *found = join(directory, below, ".md");
    if (found && access(found, F_OK) == 0) return found;
    free(found);
  }
  return NULL;
}

/* The path of the lesson called ID, or NULL. */
static char *find(const char *id)
{
  struct directories d;
  char *found = NULL;
  find_directories(&d);
  for (size_t i = 0; i < d.count && !found; i++) found = find_in(d.path[i], id);
  free_directories(&d);
  return found;
}

static bool is_lesson(const struct dirent *entry)
{
  size_t len = strlen(entry->d_name);
  return len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0 && lesson_id_valid(entry->d_name, len - 3);
}

/* The lesson in the file at f->path. False: *ERR. */
static bool read_lesson(struct lesson_text *f, struct err *err)
{
  struct buf text;
  heap_buf_init(&text);
  err_clear(err);
  /* Of one that is too long enough is read for lesson_parse() to say so. */
  bool read = file_read(f->path, LESSON_SIZE_MAX, &text, err);
  size_t len = text.len;
  char *all = heap_buf_take(&text);
  if (read && all) return lesson_text_read(f, f->path, all, len, err);
  if (read) err_set(err, ERR_MEMORY, "out of memory");
  free(all);
  return false;
}

/* Takes PATH, which goes away with the file. APP NULL: what is wrong is not shown. */
static bool open_path(struct app *app, char *path, struct lesson_text *f)
{
  struct err err;
  *f = (struct lesson_text){.path = path};
  if (read_lesson(f, &err)) return true;
  if (app) app_error(app, &err, f->text ? path : NULL, f->text, f->len);
  lesson_text_close(f);
  return false;
}

static bool listed(lesson_id *ids, size_t n, const char *id)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(ids[i], id) == 0) return true;
  return false;
}

static size_t list_in(const char *directory, lesson_id *ids, size_t n)
{
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir && n < LESSON_IDS_MAX && (entry = readdir(dir));) {
    if (!is_lesson(entry)) continue;
    snprintf(ids[n], sizeof ids[n], "%.*s", (int)(strlen(entry->d_name) - 3), entry->d_name);
    n += !listed(ids, n, ids[n]);
  }
  if (dir) closedir(dir);
  return n;
}

size_t lesson_file_ids(lesson_id ids[LESSON_IDS_MAX])
{
  struct directories d;
  size_t n = 0;
  find_directories(&d);
  for (size_t i = 0; i < d.count; i++) n = list_in(d.path[i], ids, n);
  free_directories(&d);
  return n;
}

bool lesson_file_known(const char *id)
{
  char *path = lesson_id_valid(id, strlen(id)) ? find(id) : NULL;
  free(path);
  return path != NULL;
}

static void unknown_lesson(struct app *app, const char *name)
{
  struct err err;
  char shown[100];
  lesson_id ids[LESSON_IDS_MAX];
  const char *word[LESSON_IDS_MAX];
  size_t count = lesson_file_ids(ids);
  for (size_t i = 0; i < count; i++) word[i] = ids[i];
  const char *nearest = words_nearest(name, strlen(name), word, count);
  err_clear(&err);
  err_set(&err, ERR_UNKNOWN, "no lesson is called '%s'", buf_show(shown, sizeof shown, name, strlen(name)));
  if (nearest)
    err_hint(&err, "did you mean '%s'?", nearest);
  else
    err_hint(&err, "'tcptutor play' lists them; a file's name is taken when it has a / or a . in it");
  app_error(app, &err, NULL, NULL, 0);
}

static bool find_step(struct app *app, struct lesson_text *f, const char *id)
{
  struct err err;
  if (lesson_text_seek(f, id, &err)) return true;
  app_error(app, &err, NULL, NULL, 0);
  lesson_text_close(f);
  return false;
}

bool lesson_file_open(struct app *app, const char *name, struct lesson_text *f)
{
  const char *hash = strrchr(name, '#');
  if (hash && is_path(name) && access(name, F_OK) == 0) hash = NULL;
  char *whole = hash ? strndup(name, (size_t)(hash - name)) : strdup(name);
  if (!whole) return false;
  char *path = is_path(whole) ? strdup(whole) : lesson_id_valid(whole, strlen(whole)) ? find(whole) : NULL;
  bool opened = false;
  if (path)
    opened = open_path(app, path, f);
  else
    unknown_lesson(app, whole);
  free(whole);
  return opened && (!hash || find_step(app, f, hash + 1));
}

struct collection {
  struct lesson_text *file;
  size_t count, wrong;
};

static bool known(const struct collection *c, const char *name)
{
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->file[i].name, name) == 0) return true;
  return false;
}

static void collect(struct app *app, const char *directory, struct collection *c)
{
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    if (!is_lesson(entry) || known(c, entry->d_name)) continue;
    char id[LESSON_ID_MAX + 1];
    snprintf(id, sizeof id, "%.*s", (int)(strlen(entry->d_name) - 3), entry->d_name);
    char *path = find_in(directory, id);
    struct lesson_text *more = path ? realloc(c->file, (c->count + 1) * sizeof *more) : NULL;
    if (!more) {
      free(path);
      break;
    }
    c->file = more;
    if (open_path(app, path, &c->file[c->count]))
      c->count++;
    else
      c->wrong++;
  }
  if (dir) closedir(dir);
}

struct lesson_text *lesson_file_all(struct app *app, size_t *count, size_t *wrong)
{
  struct directories d;
  struct collection c = {0};
  find_directories(&d);
  for (size_t i = 0; i < d.count; i++) collect(app, d.path[i], &c);
  free_directories(&d);
  lesson_text_order(c.file, c.count);
  *count = c.count;
  *wrong = c.wrong;
  if (c.count) return c.file;
  free(c.file);
  return NULL;
}

struct lesson_text *lesson_file_named(struct app *app, size_t *count)
{
  size_t n = (size_t)app->options.argument_count, wrong = 0;
  struct lesson_text *files;
  if (n == 0) {
    files = lesson_file_all(app, count, &wrong);
    if (!files && !wrong)
      fprintf(stderr, "tcptutor: no lesson found; 'tcptutor %s FILE' takes a file\n", app->options.verb);
  } else {
    files = calloc(n, sizeof *files);
    *count = 0;
    for (size_t i = 0; files && i < n; i++) {
      if (lesson_file_open(app, app->options.argument[i], &files[*count]))
        ++*count;
      else
        wrong++;
    }
  }
  if (!wrong) return files;
  lesson_text_close_all(files, *count);
  return NULL;
}
