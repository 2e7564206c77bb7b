/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient-header.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/header.h"
#include "chart/patient.h"
#include "ui/banner.h"
#include "ui/shell.h"

struct PatientHeader {
    Paint *paint;
    PatientCtx *patient;
    Scope *scope;
    char **flags;
    guint64 kills;
    char *unknown, *place, *more;
};

static void forget(PatientHeader *h)
{
    g_clear_pointer(&h->scope, scope_close);
    g_clear_pointer(&h->patient, patient_ctx_unref);
    g_clear_pointer(&h->flags, g_strfreev);
    g_clear_pointer(&h->unknown, g_free);
    g_clear_pointer(&h->place, g_free);
    g_clear_pointer(&h->more, g_free);
    h->kills = 0;
}

PatientHeader *patient_header_new(Paint *paint)
{
    PatientHeader *h = g_new0(PatientHeader, 1);
    h->paint = paint;
    return h;
}

void patient_header_free(PatientHeader *h)
{
    if (!h)
        return;
    forget(h);
    g_free(h);
}

static void on_header(const ChartHeader *from, gpointer data)
{
    PatientHeader *h = data;
    g_clear_pointer(&h->flags, g_strfreev);
    h->flags = g_new0(char *, from->flags->len + 1);
    for (guint i = 0; i < from->flags->len; i++)
        h->flags[i] = g_strdup(from->flags->pdata[i]);
    h->kills = from->kills;
    g_free(h->unknown);
    h->unknown = g_strdup(from->unknown);
    g_free(h->place);
    h->place = g_strdup(from->place);
    g_free(h->more);
    h->more = g_strdup(from->more);
    paint_dirty(h->paint, PAINT_PATIENT);
}

void patient_header_show(PatientHeader *h, App *app, PatientCtx *patient)
{
    if (patient == h->patient)
        return;
    forget(h);
    if (!patient || !app->client)
        return;
    h->patient = patient_ctx_ref(patient);
    h->scope = scope_new();
    h->unknown = g_strdup(_("Alerts and hypersensitivity: being fetched"));
    chart_header_watch(app->client, h->scope, patient, on_header, h);
}

void patient_header_paint(PatientHeader *h, Canvas *c)
{
    if (!h->patient)
        return;
    const FhirResource *p = patient_ctx_patient(h->patient);
    CivilDate today = civil_date_at(shell_now());
    g_autofree char *name = chart_patient_banner_name(p), *number = chart_patient_number(p);
    g_autofree char *sex_age = chart_patient_sex_age(p, today, shell_lang());
    BannerPatient b = {
        .name = name, .number = number ? number : _("no number"), .sex_age = sex_age, .place = h->place,
        .more = h->more, .flags = (const char *const *)h->flags, .rest = chart_header_rest, .kills = h->kills, .unknown = h->unknown,
    };
    banner_patient_paint(c, &b);
}

char *patient_naming(const FhirResource *patient)
{
    g_autofree char *name = chart_patient_list_name(patient), *number = chart_patient_number(patient);
    return g_strdup_printf("%s %s", name, number ? number : "");
}
