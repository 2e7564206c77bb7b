/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/signgate.h — when a signature counts. The complete reading must have been painted at least
 * 250 ms before the key was typed; queued and repeated keys never count; what was read must be what
 * is signed. When a key was typed nobody can see, only when it was read: so the loop looks from time to
 * time whether anything waits to be read. What comes after an empty queue was typed after it; what
 * comes long after the last look may have waited while this process stood still, and is dropped. One
 * gate per review; pure. */
#pragma once
#include <glib.h>

#define SIGNGATE_SETTLE_US (250 * G_TIME_SPAN_MILLISECOND)
#define SIGNGATE_LOOK_US (100 * G_TIME_SPAN_MILLISECOND)  /* between looks */
#define SIGNGATE_FRESH_US (400 * G_TIME_SPAN_MILLISECOND) /* a key may be this much later than the last look */

typedef struct {
    char *digest;        /* of the reading as shown: text, patient, warnings */
    gboolean complete;   /* its last line has been painted */
    gint64 painted_at;   /* monotonic µs of the frame that completed it */
    gint64 quiet_at;     /* the last look that found nothing waiting */
} SignGate;

typedef enum { SIGNGATE_OK, SIGNGATE_NOT_READ, SIGNGATE_TOO_SOON, SIGNGATE_QUEUED, SIGNGATE_CHANGED, SIGNGATE_WRONG_KEY, SIGNGATE_OPENED, SIGNGATE_WAITS } SignGateAnswer;

void signgate_clear(SignGate *g);
/* Called after each frame: what stands there and whether its last line has been shown. A new digest
 * starts over. */
void signgate_painted(SignGate *g, const char *digest, gboolean last_line_shown, gint64 painted_at);
/* When the loop is to look for waiting keys, monotonic µs; 0 = nothing can be signed here. */
gint64 signgate_look_at(const SignGate *g, gint64 now);
/* Nothing that was typed waited to be read at @at. */
void signgate_quiet(SignGate *g, gint64 at);
SignGateAnswer signgate_ask(const SignGate *g, const char *digest, gint64 key_read_at, gboolean queued,
                            gboolean is_sign_key);
const char *signgate_sentence(SignGateAnswer a); /* N_() msgid */
