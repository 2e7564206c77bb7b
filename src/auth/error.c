/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/error.h"

G_DEFINE_QUARK(auth-error-quark, auth_error)
