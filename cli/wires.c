/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/wires.h"

#include "cli/app.h"
#include "engine/base/buf.h"
#include "engine/lab/lab.h"
#include "engine/peer/model.h"
#include "engine/peer/peer_lab.h"
#include "engine/wire/wire_lab.h"
#include "engine/wire/wire_shift.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static bool lab_world(void *ctx, const char *setting, bool on, struct err *err)
{
  struct app *app = ctx;
  if (strcmp(setting, "quickack") == 0) return lab_quickack(app->lab, on, err);
  if (strcmp(setting, "address") == 0)
    return wire_lab_own_kernel(app->lab_wire, on, err) && lab_address_kernel(app->lab, on, err);
  return err_set(err, ERR_UNAVAILABLE, "the lab has no '%s'", setting);
}

uint64_t wires_random_seed(void)
{
  uint64_t seed;
  struct timespec now;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed) return seed;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 50;
}

static bool make_lab(struct app *app, struct session_config *config, struct tcp_profile *peer,
                     struct err *err)
{
  app->lab = lab_up(err);
  if (!app->lab) return false;
  app->lab_wire = wire_lab_new(app->lab, err);
  config->wire = wire_shift_new(app->lab_wire, err);
  config->peer = config->wire ? peer_lab_new(app->lab, config->wire, err) : NULL;
  if (!config->peer) {
    wire_free(config->wire);
    return false;
  }
  *peer = tcp_profile_linux;
  lab_describe(peer);
  config->your_address = *lab_you(app->lab);
  config->peer_address = *lab_peer(app->lab);
  config->world = lab_world;
  config->world_ctx = app;
  return true;
}

static bool make_model(const struct world *world, struct session_config *config, struct tcp_profile *peer,
                       struct err *err)
{
  const char *name = world->profile ? world->profile : tcp_profile_rfc9293.name;
  *peer = *tcp_profile_find(name);
  struct model_config model = {.profile = peer, .seed = ~config->seed, .calendar = time(NULL)};
  addr_parse("10.9.0.1", 8, &model.you, NULL);
  addr_parse("10.9.0.2", 8, &model.peer, NULL);
  config->your_address = model.you;
  config->peer_address = model.peer;
  if (!model_new(&model, &config->wire, &config->peer, err)) return false;
  config->world = model_world;
  config->world_ctx = config->peer;
  config->set_msl = model_set_msl;
  return true;
}

bool wires_open(struct app *app, const struct world *world, struct session_config *config, struct err *err)
{
  struct tcp_profile peer;
  config->seed = world->have_seed ? world->seed : wires_random_seed();
  app->seed = config->seed;
  config->your_profile = &tcp_profile_rfc9293;
  config->peer_profile = &peer;
  config->sees_truth = true;
  bool model = world->wire == ON_MODEL;
  if (!(model ? make_model(world, config, &peer, err) : make_lab(app, config, &peer, err))) return false;
  app->desk.real_time = !model;
  app->desk.session = session_new(config, err);
  config->peer_profile = NULL;
  if (app->desk.session) return true;
  peer_free(config->peer);
  wire_free(config->wire);
  return false;
}
