/* SPDX-License-Identifier: GPL-3.0-or-later
 * A second opinion on what the card signed: OpenSSL's. */
#pragma once
#include "auth/certificate.h"

GBytes *from_base64url(const char *text, gsize len);
gboolean jwt_verify(const Certificate *cert, const char *alg, const char *input, gsize len,
                    GBytes *raw);
