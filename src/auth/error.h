/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/error.h — what can go wrong on the way in. Every message is a sentence in English (msgid). */
#pragma once
#include <glib.h>

#define AUTH_ERROR (auth_error_quark())
GQuark auth_error_quark(void);
typedef enum {
    AUTH_ERROR_CARD,        /* no card, no module, helper gone or too slow */
    AUTH_ERROR_PIN,         /* wrong PIN: may be typed again */
    AUTH_ERROR_LOCKED,      /* the PIN is locked */
    AUTH_ERROR_CERTIFICATE, /* nothing on the card that may be used */
    AUTH_ERROR_TRAINING,    /* a training card in production, or the other way round */
    AUTH_ERROR_OFFLINE,     /* the core cannot be reached */
    AUTH_ERROR_REFUSED,     /* the core said no */
    AUTH_ERROR_PROTOCOL,    /* the core's answer cannot be used */
    AUTH_ERROR_KEY,         /* the data key cannot be unwrapped with this card */
    AUTH_ERROR_KEYRING,
} AuthError;
