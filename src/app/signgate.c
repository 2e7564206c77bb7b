/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/signgate.h"

#include <glib/gi18n.h>
#include <string.h>

void signgate_clear(SignGate *g)
{
    g_clear_pointer(&g->digest, g_free);
    g->complete = FALSE;
    g->painted_at = g->quiet_at = 0;
}

void signgate_painted(SignGate *g, const char *digest, gboolean last_line_shown, gint64 painted_at)
{
    if (!digest) {
        signgate_clear(g);
        return;
    }
    if (g_strcmp0(g->digest, digest) != 0) {
        signgate_clear(g);
        g->digest = g_strdup(digest);
    }
    /* Having been read to the end once is enough; scrolling back does not undo it. */
    if (last_line_shown && !g->complete) {
        g->complete = TRUE;
        g->painted_at = painted_at;
    }
}

gint64 signgate_look_at(const SignGate *g, gint64 now)
{
    gint64 settled = g->painted_at + SIGNGATE_SETTLE_US;
    return !g->complete ? 0 : now < settled ? settled : now + SIGNGATE_LOOK_US;
}

void signgate_quiet(SignGate *g, gint64 at)
{
    if (g->complete)
        g->quiet_at = at;
}

/* Typed after the reading had stood there, as far as anybody can tell, and read soon after. */
static gboolean typed_now(const SignGate *g, gint64 key_read_at)
{
    return g->quiet_at - g->painted_at >= SIGNGATE_SETTLE_US && key_read_at >= g->quiet_at &&
           key_read_at - g->quiet_at <= SIGNGATE_FRESH_US;
}

SignGateAnswer signgate_ask(const SignGate *g, const char *digest, gint64 key_read_at, gboolean queued,
                            gboolean is_sign_key)
{
    if (!is_sign_key || key_read_at <= 0)
        return SIGNGATE_WRONG_KEY;
    if (queued)
        return SIGNGATE_QUEUED;
    if (!digest || !g->complete)
        return SIGNGATE_NOT_READ;
    if (g_strcmp0(g->digest, digest) != 0)
        return SIGNGATE_CHANGED;
    if (key_read_at - g->painted_at < SIGNGATE_SETTLE_US)
        return SIGNGATE_TOO_SOON;
    if (!typed_now(g, key_read_at))
        return SIGNGATE_QUEUED;
    return SIGNGATE_OK;
}

const char *signgate_sentence(SignGateAnswer a)
{
    static const char *const sentences[] = {
        [SIGNGATE_OK] = "",
        [SIGNGATE_NOT_READ] = N_("Read it to the last line before you sign"),
        [SIGNGATE_TOO_SOON] = N_("Not signed: the text had not stood on the screen yet. Press the signing key again"),
        [SIGNGATE_QUEUED] = N_("Not signed: the key was typed ahead. Press the signing key again"),
        [SIGNGATE_CHANGED] = N_("Not signed: something changed. Read it again"),
        [SIGNGATE_WRONG_KEY] = N_("Only the signing key signs"),
        [SIGNGATE_OPENED] = N_("This is what will be signed. Read it; then the signing key signs"),
        [SIGNGATE_WAITS] = N_("Not signed: something is missing, as the line at the bottom says"),
    };
    return sentences[a];
}
