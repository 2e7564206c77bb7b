/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "client/client.h"

#define CARE CMD_NEEDS_CARE
#define WRITE CMD_NEEDS_WRITER
#define SIGN CMD_NEEDS_SIGNER
#define SUPERVISE CMD_NEEDS_SUPERVISOR
#define PRESCRIBE CMD_NEEDS_PRESCRIBER
#define BOOK CMD_NEEDS_BOOKER
#define MEASURE CMD_NEEDS_MEASURER
#define CODE CMD_NEEDS_CODER
#define GIVE CMD_NEEDS_GIVER

/* What a role may ask for in rond; the codes are those of the token. The core decides again on every request; this table only keeps
 * a person from typing what would be refused. */
static const struct {
    const char *role, *title;
    guint rights;
} roles[] = {
    {"läkare", N_("doctor"), CARE | WRITE | SIGN | SUPERVISE | PRESCRIBE | BOOK | MEASURE | CODE | GIVE},
    {"sjuksköterska", N_("nurse"), CARE | WRITE | SIGN | SUPERVISE | BOOK | MEASURE | CODE | GIVE},
    {"barnmorska", N_("midwife"), CARE | WRITE | SIGN | SUPERVISE | BOOK | MEASURE | CODE | GIVE},
    {"undersköterska", N_("assistant nurse"), CARE | WRITE | SIGN | BOOK | MEASURE},
    {"medicinsk sekreterare", N_("medical secretary"), CARE | WRITE | BOOK},
    {"fysioterapeut", N_("physiotherapist"), CARE | WRITE | SIGN | SUPERVISE | BOOK | MEASURE | CODE},
    {"arbetsterapeut", N_("occupational therapist"), CARE | WRITE | SIGN | SUPERVISE | BOOK | MEASURE | CODE},
    {"utbildare", N_("trainer"), CARE | WRITE | SIGN | SUPERVISE | PRESCRIBE | BOOK | MEASURE | CODE | GIVE},
    {"support", N_("support"), 0},
};

guint rights_of_role(const char *role)
{
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (g_strcmp0(roles[i].role, role) == 0)
            return roles[i].rights;
    return 0;
}

char *rights_who_may(guint need)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (roles[i].rights & need)
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", _(roles[i].title));
    return g_string_free(out, FALSE);
}

/* What a person would miss, in the words of what is done. */
static const struct {
    guint right;
    const char *type, *interaction, *what; /* what N_() */
} done_with[] = {
    {CARE, "Patient", "search-type", N_("find patients")},
    {CARE, "DocumentReference", "search-type", N_("read notes")},
    {CARE, "MedicationRequest", "search-type", N_("read medicines")},
    {CARE, "Observation", "search-type", N_("read measurements and results")},
    {CARE, "AllergyIntolerance", "search-type", N_("read hypersensitivities")},
    {CARE, "Condition", "search-type", N_("read diagnoses")},
    {CARE, "Appointment", "search-type", N_("read bookings")},
    {WRITE, "DocumentReference", "create", N_("write notes")},
    {PRESCRIBE, "MedicationRequest", "create", N_("order medicines")},
    {MEASURE, "Observation", "create", N_("write measurements")},
    {GIVE, "MedicationAdministration", "create", N_("give medicines")},
    {CODE, "Condition", "create", N_("write diagnoses")},
    {CODE, "AllergyIntolerance", "create", N_("write hypersensitivities")},
    {BOOK, "Appointment", "create", N_("book")},
};

char *rights_withheld(const App *app)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(done_with); i++)
        if ((app->who->rights & done_with[i].right) && !client_granted(app->client, done_with[i].type, done_with[i].interaction))
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", _(done_with[i].what));
    gboolean any = out->len > 0;
    char *list = g_string_free(out, !any);
    return any ? list : NULL;
}

gboolean who_trains(const Who *who)
{
    return g_strcmp0(who->role, "utbildare") == 0;
}

const char *app_first_view(const App *app)
{
    gboolean no_ward = app->training && who_trains(app->who) && g_strcmp0(app->who->purpose, "Vård och behandling") != 0;
    return no_ward ? "exercises" : (app->who->rights & CMD_NEEDS_CARE) ? "worklist" : "about";
}

void who_free(Who *w)
{
    if (!w)
        return;
    char **owned[] = {&w->name, &w->author, &w->hsa_id, &w->practitioner, &w->role_id, &w->commission, &w->commission_name,
                      &w->purpose, &w->role, &w->role_title, &w->unit, &w->unit_name};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_free(w);
}

void draft_free(Draft *d)
{
    if (!d)
        return;
    g_free(d->id);
    g_free(d->patient);
    g_free(d->kind);
    g_clear_pointer(&d->text, g_bytes_unref);
    g_clear_pointer(&d->meta, g_bytes_unref);
    g_free(d);
}

void print_pages_free(PrintPages *p)
{
    if (!p)
        return;
    g_clear_pointer(&p->rows, g_variant_unref);
    if (p->pdf >= 0)
        close(p->pdf);
    g_free(p);
}

void card_choice_free(CardChoice *c)
{
    if (!c)
        return;
    g_free(c->label);
    g_free(c->name);
    g_free(c);
}
