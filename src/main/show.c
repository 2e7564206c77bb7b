/* SPDX-License-Identifier: GPL-3.0-or-later
 * A visit without a screen: card, PIN, one list as lines, out again. */
#include "main/show.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/identity.h"
#include "base/say.h"
#include "base/text.h"
#include "chart/patient-index.h"
#include "client/query.h"
#include "main/wiring.h"
#include "store/queue.h"

enum { CARD_MS = 5000, STEP_MS = 50, AUDIT_MS = 2000, ALL_MS = 60000, PIN_BYTES = 64, HITS = 20 };

struct Show {
    const ShowRequest *request;
    App app;
    Wiring *wiring;
    GMainLoop *loop;
    Scope *scope;        /* of everything that is asked */
    GString *said, *rows;
    guint n_rows, waited, timer, deadline;
    PatientIndex *index;
    gboolean signed_in, asked, done;
    int code;
};

Client *show_client(Show *s)
{
    return s->app.client;
}

Scope *show_scope(Show *s)
{
    return s->scope;
}

const Who *show_who(Show *s)
{
    return s->app.who;
}

/* ---- what is said ---- */

static void append_cell(GString *to, const char *cell)
{
    g_autofree char *safe = text_sanitise(cell ? cell : "", -1, FALSE);
    g_string_append(to, safe);
}

void show_row(Show *s, const char *first, ...)
{
    va_list ap;
    va_start(ap, first);
    append_cell(s->rows, first);
    for (const char *cell = va_arg(ap, const char *); cell; cell = va_arg(ap, const char *)) {
        g_string_append_c(s->rows, '\t');
        append_cell(s->rows, cell);
    }
    va_end(ap);
    g_string_append_c(s->rows, '\n');
    s->n_rows++;
}

guint show_rows(const Show *s)
{
    return s->n_rows;
}

void show_say(Show *s, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    g_autofree char *line = g_strdup_vprintf(format, ap);
    va_end(ap);
    append_cell(s->said, line);
    g_string_append_c(s->said, '\n');
}

void show_doubt(Show *s, const char *sentence)
{
    show_say(s, "%s", sentence);
    s->code = SHOW_NOT_KNOWN;
}

void show_not_known(Show *s, const char *why)
{
    g_autofree char *sentence = g_strdup_printf(_("NOT KNOWN: %s"), why);
    show_doubt(s, sentence);
}

static void complain(const char *sentence)
{
    sayf(stderr, "rond: %s\n", sentence);
}

static void fail(Show *s, int code, const char *sentence)
{
    complain(sentence);
    s->code = code;
    s->done = TRUE;
    g_main_loop_quit(s->loop);
}

/* What was read is told to the core before we leave; what it does not take in time stays on disk. */
static gboolean on_leave(gpointer data)
{
    Show *s = data;
    g_autoptr(GPtrArray) waiting = store_queue_list(s->wiring->store, STORE_AUDIT, 1, NULL);
    s->waited += STEP_MS;
    if (waiting && waiting->len && s->waited < AUDIT_MS)
        return G_SOURCE_CONTINUE;
    s->timer = 0;
    g_main_loop_quit(s->loop);
    return G_SOURCE_REMOVE;
}

void show_done(Show *s)
{
    if (s->done)
        return;
    s->done = TRUE;
    client_flush_audit(s->app.client);
    s->waited = 0;
    s->timer = clock_timer_add(STEP_MS, on_leave, s);
}

static void print(const Show *s)
{
    const ShowList *list = s->request->list;
    if (s->app.training) /* on every print, as on every screen */
        sayf(stdout, "%s\n", _("EXERCISE"));
    say(stdout, s->said->str);
    gboolean heading = list->columns && s->n_rows;
    g_autofree char *plain = g_strconcat(heading ? _(list->columns) : "", heading ? "\n" : "", s->rows->str, NULL);
    struct winsize size = {0};
    gboolean seen = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
    g_autofree char *table = seen ? show_table_text(plain, heading, size.ws_col) : NULL;
    say(stdout, table ? table : plain);
    fflush(stdout);
}

/* ---- which patient ---- */

static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    Show *s = data;
    if (ctx)
        s->request->list->run(s, ctx);
    else
        fail(s, SHOW_NOT_KNOWN, _(error->message));
}

static void open_patient(Show *s, const char *id)
{
    s->asked = TRUE;
    client_open_patient(s->app.client, s->scope, id, NULL, on_patient, s);
}

static void several(Show *s, const GPtrArray *hits, guint all)
{
    g_autofree char *text = all ? g_strdup_printf(ngettext("%u patient may be meant by “%s”; write the number",
                                                           "%u patients may be meant by “%s”; write the number", all),
                                                  all, s->request->patient)
                                : g_strdup_printf(_("No patient is found by “%s”"), s->request->patient);
    for (guint i = 0; i < hits->len; i++) {
        const PatientHit *h = hits->pdata[i];
        g_autofree char *line = g_strdup_printf("  %s  %s  %s", h->number ? h->number : "–", h->name, h->sex_age);
        sayf(stderr, "%s\n", line);
    }
    fail(s, SHOW_NO_PATIENT, text);
}

/* A core that is asked about each name: TRUE when it has said all. What it cannot say is no answer. */
static gboolean asked_core(Show *s)
{
    guint all;
    if (!patient_index_asks(s->index))
        return FALSE;
    g_ptr_array_unref(patient_index_find(s->index, s->request->patient, HITS, &all));
    g_autofree char *doubt = patient_index_doubt(s->index);
    if (doubt && !patient_index_asking(s->index))
        fail(s, SHOW_NOT_KNOWN, doubt);
    return !s->done && patient_index_answered(s->index);
}

static void on_index(gpointer data)
{
    Show *s = data;
    guint all = 0;
    if (s->asked || s->done || (!patient_index_complete(s->index) && !asked_core(s)))
        return;
    const char *id = patient_index_unique(s->index, s->request->patient);
    if (id) {
        open_patient(s, id);
        return;
    }
    g_autoptr(GPtrArray) hits = patient_index_find(s->index, s->request->patient, HITS, &all);
    several(s, hits, all);
}

/* A whole number is asked about as it is, however many patients the core has. */
static void on_number(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Show *s = data;
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    if (!done || s->asked || s->done)
        return;
    if (!result || result->known < KNOWN_MORE)
        fail(s, SHOW_NOT_KNOWN, error ? _(error->message) : _("The answer may be incomplete."));
    else if (result->items->len == 1)
        open_patient(s, fhir_id(result->items->pdata[0]));
    else
        several(s, none, result->items->len);
}

static void find_patient(Show *s)
{
    Identity identity;
    if (!identity_parse(s->request->patient, civil_date_at(clock_clinical_us()), &identity)) {
        s->index = patient_index_open(s->app.client, s->scope, on_index, s);
        return;
    }
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add_token(q, "identifier", identity_system(identity.kind), identity.id12);
    client_search(s->app.client, s->scope, NULL, q, CLIENT_FRESH | CLIENT_NO_STORE, on_number, s);
}

/* ---- login ---- */

static void begin_list(Show *s)
{
    s->signed_in = TRUE;
    if (!(s->app.who->rights & CMD_NEEDS_CARE))
        fail(s, SHOW_FAILED, _("This assignment gives no access to patients"));
    else if (s->request->list->of_patient)
        find_patient(s);
    else
        s->request->list->run(s, NULL);
}

static void on_signin(const SigninAnswer *a, gpointer data)
{
    Show *s = data;
    if (s->done)
        return;
    if (a->state == SIGNIN_OK) {
        begin_list(s);
    } else if (a->state == SIGNIN_CHOOSE && a->commissions->len && !s->request->commission) {
        const CommissionChoice *first = a->commissions->pdata[0];
        s->app.services.login(s->app.services.self, NULL, first->hsa_id, on_signin, s);
    } else if (a->state == SIGNIN_CHOOSE) {
        fail(s, SHOW_FAILED, _("You do not hold that assignment"));
    } else {
        fail(s, SHOW_FAILED, a->text && *a->text ? a->text : _("The login did not succeed"));
    }
}

/* From the terminal without echo, or a line from standard input; byte by byte, so that no buffer but
 * the locked one ever holds it. */
static SecretBuf *read_pin(void)
{
    struct termios was, quiet;
    gboolean tty = tcgetattr(STDIN_FILENO, &was) == 0;
    SecretBuf *pin = secret_new(PIN_BYTES);
    char c;
    if (tty) {
        quiet = was;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        quiet.c_lflag |= ECHONL;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        sayf(stderr, "%s ", _("PIN:"));
    }
    while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && c != '\r' && secret_append(pin, &c, 1))
        ;
    secret_wipe(&c, 1);
    if (tty)
        tcsetattr(STDIN_FILENO, TCSANOW, &was);
    return pin;
}

static gboolean on_wait_for_card(gpointer data)
{
    Show *s = data;
    const Services *services = &s->app.services;
    s->waited += STEP_MS;
    if (!services->card_present(services->self) && s->waited < CARD_MS)
        return G_SOURCE_CONTINUE;
    s->timer = 0;
    if (!services->card_present(services->self))
        fail(s, SHOW_FAILED, s->app.training ? _("There is no card in the training reader; see rond card list")
                                             : _("There is no card in the reader"));
    else
        services->login(services->self, read_pin(), NULL, on_signin, s);
    return G_SOURCE_REMOVE;
}

static gboolean on_deadline(gpointer data)
{
    Show *s = data;
    s->deadline = 0;
    fail(s, SHOW_NOT_KNOWN, _("The core does not answer"));
    return G_SOURCE_REMOVE;
}

/* ---- the session ---- */

static void fe_status(App *app, StatusKind kind, const char *text)
{
    (void)app;
    if (kind != STATUS_INFO)
        complain(text);
}

static void fe_end(App *app, int session_exit)
{
    Show *s = app->ui;
    (void)session_exit;
    if (!s->done)
        fail(s, SHOW_FAILED, _("Ended from outside"));
}

static const Frontend frontend = {.status = fe_status, .end = fe_end};

static void on_card(const Event *event, gpointer data)
{
    Show *s = data;
    if (s->signed_in && !s->done && g_strcmp0(event->text, "present") != 0)
        fail(s, SHOW_FAILED, _("The card was pulled"));
}

static void visit(Show *s, const SuperBoot *boot, const CommandLine *cl)
{
    s->app.ui = s;
    s->app.frontend = &frontend;
    s->loop = g_main_loop_new(NULL, FALSE);
    s->scope = scope_new();
    s->said = g_string_new(NULL);
    s->rows = g_string_new(NULL);
    s->wiring = wiring_new(&s->app, boot, cl);
    s->wiring->commission = g_strdup(s->request->commission);
    guint listener = event_listen(EVENT_CARD, on_card, s);
    s->timer = clock_timer_add(STEP_MS, on_wait_for_card, s);
    s->deadline = clock_timer_add(ALL_MS, on_deadline, s);
    g_main_loop_run(s->loop);
    event_unlisten(listener);
    clock_timer_cancel(s->timer);
    clock_timer_cancel(s->deadline);
    if (s->code == SHOW_OK || s->code == SHOW_NOT_KNOWN)
        print(s);
    scope_close(s->scope);
    /* As at a lock: what an interactive session keeps here for its return is not ours to wipe. */
    wiring_free(s->wiring, SESSION_EXIT_LOCK);
    g_string_free(s->said, TRUE);
    g_string_free(s->rows, TRUE);
    g_main_loop_unref(s->loop);
}

int show_session(const SuperBoot *boot, void *command_line)
{
    const CommandLine *cl = command_line;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *notice = NULL;
    Show s = {.request = cl->show};
    *cl->show->result = SHOW_FAILED;
    if (boot->why != SUPER_FIRST)
        return SESSION_EXIT_QUIT; /* no second PIN after a crash */
    session_begin(&s.app, cl, problems, &notice);
    visit(&s, boot, cl);
    options_free(s.app.options);
    keymap_free(s.app.keymap);
    *cl->show->result = s.code;
    return SESSION_EXIT_QUIT;
}
