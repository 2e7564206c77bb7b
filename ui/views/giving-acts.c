/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/giving-acts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/dosage.h"
#include "chart/patient.h"
#include "chart/when.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/sending.h"

#define VIEW "giving"

/* ---- what is said ---- */

void dose_act_free(DoseAct *a)
{
    if (!a)
        return;
    g_free(a->why);
    g_free(a);
}

DoseAct *giving_act_of(const Giving *g, const DueDose *d)
{
    return g_hash_table_lookup(g->acts, d->id);
}

void giving_act_put(Giving *g, const DueDose *d, DoseAct *act)
{
    g_hash_table_insert(g->acts, g_strdup(d->id), act);
}

void giving_act_remove(Giving *g, const DueDose *d)
{
    g_hash_table_remove(g->acts, d->id);
}

guint giving_act_count(const Giving *g)
{
    return g_hash_table_size(g->acts);
}

const DueDose *giving_dose(const Giving *g, const char *id)
{
    for (guint i = 0; g->list && id && i < g->list->doses->len; i++)
        if (strcmp(((DueDose *)g->list->doses->pdata[i])->id, id) == 0)
            return g->list->doses->pdata[i];
    return NULL;
}

/* ---- the draft: a line for each dose, no text of the record but what was typed ---- */

enum { CELLS = 7 };

static void add_line(GString *s, const char *id, const DoseAct *a)
{
    g_autofree char *amount = a->amount.valid ? decimal_to_json(a->amount) : g_strdup("");
    g_autofree char *why = g_strdelimit(g_strdup(a->why ? a->why : ""), "\t\n\r", ' ');
    g_string_append_printf(s, "%s\t%d\t%s\t%" G_GINT64_FORMAT "\t%s\t%s\t%s\n", id, a->act, amount, a->at, a->code ? a->code : "", why,
                           a->scanned ? a->scanned->id : "");
}

static void read_line(Giving *g, const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "\t", CELLS);
    if (g_strv_length(cells) != CELLS)
        return;
    gint64 act = g_ascii_strtoll(cells[1], NULL, 10);
    const GivingReason *reason = giving_reason(cells[4]);
    if (act <= ACT_NONE || act > ACT_STOPPED)
        return;
    DoseAct *a = g_new0(DoseAct, 1);
    *a = (DoseAct){.act = (GivingAct)act, .at = g_ascii_strtoll(cells[3], NULL, 10), .code = reason ? reason->code : NULL,
                   .why = *cells[5] ? g_strdup(cells[5]) : NULL, .scanned = drug_list_by_id(g->data->drugs, cells[6])};
    if (*cells[2])
        decimal_parse(cells[2], &a->amount);
    g_hash_table_insert(g->acts, g_strdup(cells[0]), a);
}

gboolean giving_acts_save(Giving *g, GError **error)
{
    GHashTableIter i;
    gpointer id, act;
    App *app = g->view->app;
    if (!giving_act_count(g) && !g->wristband)
        return giving_acts_drop(g, error);
    if (sending_refuses(g->draft, error))
        return FALSE;
    g_autoptr(GString) s = g_string_new(NULL);
    g_hash_table_iter_init(&i, g->acts);
    while (g_hash_table_iter_next(&i, &id, &act))
        add_line(s, id, act);
    g->draft = g->draft ? g->draft : g_uuid_string_random();
    g_autoptr(GBytes) text = g_bytes_new(s->str, s->len), meta = g_bytes_new(g->wristband ? g->wristband : "", g->wristband ? strlen(g->wristband) : 0);
    Draft d = {.id = g->draft, .patient = (char *)patient_ctx_id(g->view->patient), .kind = (char *)draft_kind_of_view(VIEW)->kind,
               .text = text, .meta = meta};
    return app->services.draft_put(app->services.self, &d, error);
}

gboolean giving_acts_drop(Giving *g, GError **error)
{
    App *app = g->view->app;
    if (!g->draft)
        return TRUE;
    if (sending_refuses(g->draft, error) || !app->services.draft_remove(app->services.self, g->draft, error))
        return FALSE;
    g_clear_pointer(&g->draft, g_free);
    return TRUE;
}

static void take_draft(Giving *g, const Draft *d)
{
    g_autofree char *text = text_of_bytes(d->text), *band = text_of_bytes(d->meta);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++)
        read_line(g, *l);
    g->draft = g_strdup(d->id);
    g->wristband = *band ? g_strdup(band) : NULL;
}

static gboolean open_draft(Giving *g, const char *id, GError **error)
{
    g_autoptr(Draft) d = draft_open(g->view->app, id, patient_ctx_id(g->view->patient), VIEW, error);
    if (d)
        take_draft(g, d);
    return d != NULL;
}

void giving_acts_sync(Giving *g)
{
    g_autofree char *id = g_steal_pointer(&g->draft);
    g_autoptr(Draft) d = id ? g->view->app->services.draft_get(g->view->app->services.self, id, NULL) : NULL;
    if (!id)
        return;
    g_hash_table_remove_all(g->acts);
    g_clear_pointer(&g->wristband, g_free);
    if (d)
        take_draft(g, d);
}

/* ---- what it rests on ---- */

static void on_facts(const GivingFacts *f, gpointer data)
{
    Giving *g = data;
    g_autoptr(GError) error = NULL;
    if (!f->known[GIVING_ORDERS] && !f->items[GIVING_ORDERS]->len && !f->settled)
        return;
    GivingList *list = giving_list(f->items[GIVING_ORDERS], f->items[GIVING_GIVEN], g->data->drugs, shell_now(), &error);
    if (!list) {
        notify_error(g->view->app, error);
        return;
    }
    giving_list_free(g->list);
    g->list = list;
    g->changed(g->view);
}

void giving_acts_event(Giving *g, const Event *ev)
{
    gboolean ours = ev->kind == EVENT_LIST_CHANGED && g_strcmp0(ev->type, "MedicationAdministration") == 0;
    if (g->source && (ours || ev->kind == EVENT_TICK)) /* what was due becomes late */
        on_facts(giving_facts(g->source), g);
}

gboolean giving_acts_open(Giving *g, View *v, const char *arg, void (*changed)(View *v), GError **error)
{
    g->view = v;
    g->changed = changed;
    g->acts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)dose_act_free);
    g->data = order_data(error);
    if (!g->data || !giving_hours(error) || !giving_reasons(error))
        return FALSE;
    gboolean named = arg && g_str_has_prefix(arg, "draft:");
    g_autofree char *left = named ? g_strdup(arg + strlen("draft:")) : draft_left(v->app, patient_ctx_id(v->patient), VIEW, NULL, NULL);
    return !left || open_draft(g, left, error);
}

void giving_acts_load(Giving *g, LoadWhy why)
{
    View *v = g->view;
    if (g->source && why == LOAD_REFRESH)
        giving_refresh(g->source);
    else if (!g->source)
        g->source = giving_watch(v->app->client, v->scope, v->patient, on_facts, g);
}

void giving_acts_clear(Giving *g)
{
    giving_list_free(g->list);
    g_clear_pointer(&g->acts, g_hash_table_unref);
    g_free(g->draft);
    g_free(g->wristband);
}

/* ---- the checks ---- */

/* What is given in the same signature counts as given when the next is looked at. */
static GPtrArray *also_given(const Giving *g, const DueDose *d)
{
    GPtrArray *also = g_ptr_array_new_with_free_func((GDestroyNotify)given_dose_free);
    for (guint i = 0; i < g->list->doses->len; i++) {
        const DueDose *other = g->list->doses->pdata[i];
        const DoseAct *a = giving_act_of(g, other);
        if (other == d || strcmp(other->id, d->id) == 0 || !a || (a->act != ACT_GIVEN && a->act != ACT_PARTLY) || !other->order)
            continue;
        Given *one = g_new0(Given, 1);
        one->source = fhir_resource_ref(other->request);
        one->request = g_strdup(fhir_id(other->request));
        one->at = a->at != INSTANT_NONE ? a->at : shell_now();
        one->by = g_strdup("");
        one->name = g_strdup(other->row->name);
        one->product = a->scanned ? a->scanned : other->order->product;
        one->amount = giving_amount(other, a);
        one->unit = g_strdup(other->order->unit);
        g_ptr_array_add(also, one);
    }
    return also;
}

GPtrArray *giving_acts_check(const Giving *g, const DueDose *d, const DoseAct *act, const GivingFacts *reread, const GivingList *list)
{
    const FhirResource *patient = patient_ctx_patient(g->view->patient);
    const GivingFacts *f = reread ? reread : giving_facts(g->source);
    CivilDate birth = chart_patient_birth(patient), today = civil_date_at(shell_now());
    g_autofree char *number = chart_patient_number(patient);
    g_autoptr(GPtrArray) also = also_given(g, d);
    int years = -1, months = 0, days;
    if (birth.year && civil_date_compare(birth, today) <= 0)
        civil_age(birth, today, &years, &months, &days);
    GivingInput in = {.dose = d, .act = act, .list = list ? list : g->list, .also = also, .reread = reread != NULL,
                      .held = reread ? giving_held(reread, fhir_id(d->request)) : NULL,
                      .allergies = f->known[GIVING_ALLERGIES] ? f->items[GIVING_ALLERGIES] : NULL,
                      .encounter = f->items[GIVING_VISITS]->len ? f->items[GIVING_VISITS]->pdata[0] : NULL,
                      .placed = f->known[GIVING_VISITS], .unit = g->view->app->who->unit, .me = g->view->app->who->practitioner,
                      .wristband = g->wristband, .number = number, .months = years < 0 ? -1 : years * 12 + months,
                      .weight_kg = giving_weight(f), .data = g->data, .now = shell_now()};
    return giving_check(&in);
}

/* ---- in words ---- */

char *giving_medicine_text(const DueDose *d)
{
    GString *s = g_string_new(d->row->name);
    const char *const parts[] = {d->row->form, d->row->strength};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (*parts[i] && !strstr(d->row->name, parts[i]))
            g_string_append_printf(s, " %s", parts[i]);
    return g_string_free(s, FALSE);
}

char *giving_amount_text(const DueDose *d, const DoseAct *act)
{
    const DoseAct none = {.act = ACT_GIVEN};
    if (!d->order)
        return g_strdup_printf(_("[as sent] %s"), d->row->dosage);
    Decimal amount = giving_amount(d, act ? act : &none);
    if (amount.valid && d->order->unit)
        return dosage_quantity_text(amount, d->order->unit);
    if (d->dose.high.valid) {
        g_autofree char *low = decimal_to_dose(d->dose.low, TRUE), *high = dosage_quantity_text(d->dose.high, d->order->unit);
        return g_strdup_printf("%s–%s", low, high);
    }
    return g_strdup(d->row->dosage);
}

char *giving_time_text(const DueDose *d, Instant now)
{
    if (d->dose.at == INSTANT_NONE)
        return g_strdup("");
    const char *pass = d->dose.key[0] ? d->dose.key + strlen(d->dose.key) - 1 : "";
    g_autofree char *clock = d->dose.kind == DOSE_PLANNED ? g_strndup(d->dose.key + strlen("2026-10-25T"), 5) : instant_to_hhmm(d->dose.at);
    gboolean other_day = civil_date_compare(civil_date_at(d->dose.at), civil_date_at(now)) != 0;
    g_autofree char *day = other_day ? civil_date_short(civil_date_at(d->dose.at), civil_date_at(now), shell_lang()) : NULL;
    return g_strdup_printf("%s%s%s%s", day ? day : "", day ? " " : "", clock, *pass == 'a' || *pass == 'b' ? pass : "");
}
