/* SPDX-License-Identifier: GPL-3.0-or-later
 * A helper that is of another version than this program. */
#include <glib/gi18n.h>

#include "base/log.h"
#include "base/session-exit.h"
#include "main/wiring.h"
#include "super/super.h"

/* After an update. Who has begun something finishes it in the old program; the screen that nobody has passed becomes the
 * new one's at once. Where only some of the programs are new it is for support, or over in a moment. */
void wire_other_version(Wiring *w, const SuperMsg *m)
{
    const char *sentence = m->status ? N_("rond has been updated. Lock and unlock to go on in the new version; what you have written is kept.")
                                     : N_("rond's programs are of different versions. If this stays, ask support.");
    gboolean said = w->other_version == m->status + 1; /* a helper that ends at once is started each second */
    w->other_version = m->status + 1;
    if (!said)
        log_event(LOG_WARN, "version", "%s", m->note);
    if (m->status && !w->app->who && !w->login)
        w->app->frontend->end(w->app, w->why == SUPER_LOCKED ? SESSION_EXIT_LOCK : SESSION_EXIT_LOGOUT);
    else if (!said)
        w->app->frontend->status(w->app, m->status ? STATUS_WARN : STATUS_ERROR, _(sentence));
}
