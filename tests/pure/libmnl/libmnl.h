/* SPDX-License-Identifier: GPL-3.0-or-later */
#error "the pure part knows nothing of <libmnl/libmnl.h>"
