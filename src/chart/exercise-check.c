/* SPDX-License-Identifier: GPL-3.0-or-later
 * The checks of an exercise, asked of the core: first the patients (audited), then one search each. */
#include <string.h>

#include "chart/exercise-private.h"
#include "client/query.h"

typedef struct Run Run;
typedef struct {
    Run *run;
    guint at;             /* of the check */
    const char *patient;  /* borrowed from the exercise */
} Ask;

struct Run {
    Client *client;
    Scope *scope;
    const Exercise *e;
    const ExerciseWho *who;
    ExerciseFn fn;
    gpointer data;
    ExerciseOutcome *outcomes;
    Ask *asks;
};

static void run_free(gpointer data)
{
    Run *run = data;
    g_free(run->outcomes);
    g_free(run->asks);
    g_free(run);
}

static void settle(Run *run, guint at, ExerciseOutcome outcome)
{
    gboolean done = TRUE;
    run->outcomes[at] = outcome;
    for (guint i = 0; i < run->e->checks->len; i++)
        done = done && run->outcomes[i] != OUTCOME_WAITING;
    run->fn(run->outcomes, run->e->checks->len, done, run->data);
}

/* What was found decides; what could not be asked is unknown, never missing. */
static void on_result(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Ask *ask = data;
    const ExerciseCheck *check = ask->run->e->checks->pdata[ask->at];
    guint n = 0;
    if (!done)
        return;
    for (guint i = 0; result && i < result->items->len; i++)
        n += exercise_fits(check, ask->patient, ask->run->who, result->items->pdata[i]);
    gboolean known = result && !error && result->known == KNOWN_WHOLE;
    gboolean fits = n >= check->at_least && n <= check->at_most;
    gboolean surely = check->at_most == G_MAXUINT && fits;
    settle(ask->run, ask->at, surely || (known && fits) ? OUTCOME_RIGHT : known ? OUTCOME_MISSING : OUTCOME_UNKNOWN);
}

static gboolean is_log(const ExerciseCheck *c)
{
    return strcmp(c->type, "AuditEvent") == 0;
}

static void add_params(FhirQuery *q, const char *params, const Ask *ask)
{
    g_auto(GStrv) each = g_strsplit(params ? params : "", "&", -1);
    for (char **p = each; *p; p++) {
        char *is = strchr(*p, '=');
        if (!is)
            continue;
        *is = '\0';
        g_autofree char *value = exercise_fill(is + 1, ask->patient, ask->run->who);
        fhir_query_add_raw(q, *p, value);
    }
}

static void ask_core(Ask *ask, PatientCtx *ctx)
{
    Run *run = ask->run;
    const ExerciseCheck *check = run->e->checks->pdata[ask->at];
    g_autoptr(FhirQuery) q = ctx ? client_patient_query(ctx, check->type) : fhir_query_new(check->type);
    add_params(q, check->params, ask);
    client_search(run->client, run->scope, ctx, q, CLIENT_FRESH | CLIENT_NO_STORE, on_result, ask);
}

/* One opening serves all checks on that patient. */
static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    const Ask *first = data;
    Run *run = first->run;
    for (guint i = first->at; i < run->e->checks->len; i++) {
        if (is_log(run->e->checks->pdata[i]) || g_strcmp0(run->asks[i].patient, first->patient) != 0)
            continue;
        if (ctx && !error)
            ask_core(&run->asks[i], ctx);
        else
            settle(run, i, OUTCOME_UNKNOWN);
    }
}

static gboolean asked_before(const Run *run, guint at)
{
    for (guint i = 0; i < at; i++)
        if (!is_log(run->e->checks->pdata[i]) && g_strcmp0(run->asks[i].patient, run->asks[at].patient) == 0)
            return TRUE;
    return FALSE;
}

static const char *patient_of(const Exercise *e, const ExerciseCheck *c)
{
    return c->patient ? c->patient : e->patients ? e->patients[0] : NULL;
}

void exercise_check(Client *client, Scope *scope, const Exercise *e, const ExerciseWho *who, ExerciseFn fn,
                    gpointer data)
{
    guint n = e->checks->len;
    Run *run = g_new(Run, 1);
    *run = (Run){client, scope, e, who, fn, data, g_new0(ExerciseOutcome, n + 1), g_new0(Ask, n + 1)};
    scope_add(scope, run_free, run);
    g_autofree char *reason = g_strdup_printf("Övning %s", e->id);
    for (guint i = 0; i < n; i++)
        run->asks[i] = (Ask){run, i, patient_of(e, e->checks->pdata[i])};
    /* The log of readings is about staff: it is asked without opening anybody. */
    for (guint i = 0; i < n; i++) {
        const ExerciseCheck *c = e->checks->pdata[i];
        if (is_log(c))
            ask_core(&run->asks[i], NULL);
        else if (!asked_before(run, i))
            client_open_patient(client, scope, run->asks[i].patient, reason, on_patient, &run->asks[i]);
    }
}
