/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/signgate.h — when a signature counts. The complete reading must have been painted at least
 * 250 ms before the key was read; queued and repeated keys never count; what was read must be what
 * is signed. One gate per review; pure. */
#pragma once
#include <glib.h>

#define SIGNGATE_SETTLE_US (250 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    char *digest;        /* of the reading as shown: text, patient, warnings */
    gboolean complete;   /* its last line has been painted */
    gint64 painted_at;   /* monotonic µs of the frame that completed it */
} SignGate;

typedef enum { SIGNGATE_OK, SIGNGATE_NOT_READ, SIGNGATE_TOO_SOON, SIGNGATE_QUEUED, SIGNGATE_CHANGED, SIGNGATE_WRONG_KEY, SIGNGATE_OPENED } SignGateAnswer;

void signgate_clear(SignGate *g);
/* Called after each frame: what stands there and whether its last line has been shown. A new digest
 * starts over. */
void signgate_painted(SignGate *g, const char *digest, gboolean last_line_shown, gint64 painted_at);
SignGateAnswer signgate_ask(const SignGate *g, const char *digest, gint64 key_read_at, gboolean queued,
                            gboolean is_sign_key);
const char *signgate_sentence(SignGateAnswer a); /* N_() msgid */
