#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The fidelity driver, briefly.
exec "$top_builddir/tests/fidelity/fidelity" --tap N=5000
