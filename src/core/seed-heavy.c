/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"

/* A patient on haemodialysis: blood is drawn and the body weighed at each session, three times a
 * week for years. That is how a real chart gets its thousands of results. */
static const struct {
    const char *test;
    int base, spread, scale;
} tests[] = {
    {"hb", 112, 9, 0},  {"k", 49, 7, 1},  {"krea", 720, 140, 0}, {"urea", 210, 50, 1},
    {"ca", 228, 14, 2}, {"crp", 8, 7, 0}, {"alb", 36, 3, 0},     {"na", 138, 4, 0},
};

/* Drifts slowly through the years and shakes a little from session to session. */
static Decimal value_at(const SeedChart *c, guint test, guint session)
{
    g_autofree char *fast = g_strdup_printf("%u/%u", test, session),
                    *slow = g_strdup_printf("%u/%u", test, session / 20);
    int spread = tests[test].spread;
    int lean = (int)(seed_hash(c->id, slow) % (guint)(spread + 1)) - spread / 2;
    int shake = (int)(seed_hash(c->id, fast) % (guint)(spread + 1)) - spread / 2;
    Decimal v = decimal_from_int(tests[test].base + lean + shake);
    v.scale = (gint16)tests[test].scale;
    return v;
}

gboolean seed_heavy(SeedChart *c, guint resources, GError **error)
{
    for (guint session = 0; c->out->len + c->contacts->len + 1 < resources; session++) {
        CivilDate date = civil_date_add_days(c->seed->today, -(int)(1 + session * 7 / 3));
        Instant when = instant_from_civil(date, (CivilTime){7, 40, 0}, FALSE);
        for (guint t = 0; t < G_N_ELEMENTS(tests) && c->out->len + c->contacts->len + 1 < resources;
             t++) {
            int flag = 0;
            g_autofree char *id = seed_next_id(c, "obs");
            SeedResult r = {id, tests[t].test, value_at(c, t, session), when,
                            when + (gint64)3600 * G_USEC_PER_SEC};
            if (!seed_lab_observation(c, &r, &flag, error))
                return FALSE;
        }
    }
    return TRUE;
}
