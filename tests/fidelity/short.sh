#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The fidelity driver, briefly: as few cases as still fire every rule several times, from a seed that is always the
# same.
exec "$top_builddir/tests/fidelity/fidelity" --tap N=16000 SEED=1
