/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/speller.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/text.h"
#include "spell/protocol.h"

#define REST_MS 300
#define LOADED_WITHIN_MS 20000
#define ANSWER_WITHIN_MS 3000
#define MOST_KNOWN 8192  /* words; then it is all asked anew */
#define MOST_WANTED 1024
#define MOST_LEARNED 20000
#define MOST_LOST 3      /* helpers */

typedef enum { NO_HELPER, STARTING, READY, OFF } SpellerState;

typedef struct {
    Speller *speller;
    enum spell_op op;
    GPtrArray *words; /* char*, at most SPELL_BATCH */
    SpellerCheckFn checked;
    SpellerSuggestFn suggested;
    gpointer data;
    Scope *scope;     /* NULL: nobody's, or it has closed */
    guint closer;
    gboolean deaf;    /* its scope has closed */
} Job;

struct Speller {
    SpellerHooks hooks;
    SpellerState state;
    int fd;
    guint source, rest, deadline;
    guint32 next_id;
    guint lost;
    GHashTable *known;   /* word → SpellVerdict */
    GHashTable *wanted;  /* words */
    GHashTable *learned; /* words */
    GQueue *jobs;        /* Job; the first is under way when @asked */
    gboolean asked, said_missing;
    struct spell_message message;
};

static void pump(Speller *s);

/* ---- what is asked ---- */

static void scope_closed(gpointer job)
{
    Job *j = job;
    j->scope = NULL;
    j->deaf = TRUE;
}

static void job_free(Job *j)
{
    if (j->scope)
        scope_remove(j->scope, j->closer);
    g_ptr_array_unref(j->words);
    g_free(j);
}

static Job *job_add(Speller *s, Scope *scope, enum spell_op op)
{
    Job *j = g_new0(Job, 1);
    j->speller = s;
    j->op = op;
    j->words = g_ptr_array_new_with_free_func(g_free);
    j->scope = scope;
    if (scope)
        j->closer = scope_add(scope, scope_closed, j);
    g_queue_push_tail(s->jobs, j);
    return j;
}

static void job_end(Job *j, const char *const *suggestions, guint64 others, gboolean answered)
{
    if (!j->deaf && j->checked)
        j->checked(answered, j->data);
    if (!j->deaf && j->suggested)
        j->suggested(answered ? suggestions : NULL, others, j->data);
    job_free(j);
}

static void jobs_fail(Speller *s)
{
    GQueue *all = s->jobs;
    s->jobs = g_queue_new();
    for (Job *j; (j = g_queue_pop_head(all));)
        job_end(j, NULL, 0, FALSE);
    g_queue_free(all);
}

/* ---- the helper's life ---- */

static void drop(Speller *s)
{
    g_clear_handle_id(&s->source, g_source_remove);
    clock_timer_cancel(s->deadline);
    s->deadline = 0;
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    s->asked = FALSE;
    s->state = NO_HELPER;
}

static void turn_off(Speller *s, const char *why)
{
    drop(s);
    s->state = OFF;
    g_hash_table_remove_all(s->known);
    g_hash_table_remove_all(s->wanted);
    if (s->hooks.say)
        s->hooks.say(why, s->hooks.data);
    jobs_fail(s);
    event_emit(&(Event){.kind = EVENT_SPELLING});
}

/* Dead, silent or no helper of ours. The next word that is wanted starts another. */
static void lose(Speller *s)
{
    if (++s->lost >= MOST_LOST) {
        turn_off(s, _("The spelling checker does not answer and is off until you log in again; what you write is as you write it"));
        return;
    }
    drop(s);
    jobs_fail(s);
    event_emit(&(Event){.kind = EVENT_SPELLING});
}

static gboolean on_deadline(gpointer data)
{
    Speller *s = data;
    s->deadline = 0;
    lose(s);
    return G_SOURCE_REMOVE;
}

static void expect_within(Speller *s, guint ms)
{
    clock_timer_cancel(s->deadline);
    s->deadline = clock_timer_add(ms, on_deadline, s);
}

static void teach(Speller *s, const char *const *words, guint n)
{
    Job *j = NULL;
    for (guint i = 0; i < n; i++) {
        if (!j || j->words->len == SPELL_BATCH)
            j = job_add(s, NULL, SPELL_ADD);
        g_ptr_array_add(j->words, g_strdup(words[i]));
    }
}

/* What was learned goes first, before what has been asked meanwhile. */
static void teach_all(Speller *s)
{
    guint n = 0;
    g_autofree const char **words = (const char **)g_hash_table_get_keys_as_array(s->learned, &n);
    GQueue *waiting = s->jobs;
    s->jobs = g_queue_new();
    teach(s, words, n);
    for (Job *j; (j = g_queue_pop_head(waiting));)
        g_queue_push_tail(s->jobs, j);
    g_queue_free(waiting);
}

/* ---- what it says ---- */

static char *safe_word(const char *word)
{
    gsize n = strnlen(word, SPELL_WORD_BYTES);
    if (!n || n == SPELL_WORD_BYTES || !g_utf8_validate(word, (gssize)n, NULL))
        return NULL;
    g_autofree char *text = text_nfc(word);
    return text_is_safe(text, -1, FALSE) ? g_steal_pointer(&text) : NULL;
}

static void take_hello(Speller *s)
{
    g_autofree char *missing = safe_word(s->message.word[0]);
    if (s->message.count == 0) {
        turn_off(s, _("There is no dictionary for the spelling on this machine; it is off (hunspell-sv and hunspell-en-gb hold them)"));
        return;
    }
    if (missing && !s->said_missing && s->hooks.say) {
        g_autofree char *text = g_strdup_printf(_("The dictionary %s is not on this machine; the spelling is judged without it"), missing);
        s->said_missing = TRUE;
        s->hooks.say(text, s->hooks.data);
    }
    s->state = READY;
    teach_all(s);
}

static void take_check(Speller *s, const Job *j)
{
    if (g_hash_table_size(s->known) + j->words->len > MOST_KNOWN)
        g_hash_table_remove_all(s->known);
    for (guint i = 0; i < j->words->len; i++) {
        gboolean wrong = (s->message.wrong >> i & 1) != 0;
        g_hash_table_replace(s->known, g_strdup(j->words->pdata[i]), GINT_TO_POINTER(wrong ? SPELL_WRONG : SPELL_RIGHT));
    }
}

static GPtrArray *take_suggestions(Speller *s, guint64 *ret_others)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < MIN(s->message.count, SPELL_SUGGESTIONS); i++) {
        char *word = safe_word(s->message.word[i]);
        if (!word)
            continue;
        *ret_others |= (s->message.wrong >> i & 1) << all->len;
        g_ptr_array_add(all, word);
    }
    g_ptr_array_add(all, NULL);
    return all;
}

static void take_answer(Speller *s)
{
    Job *j = g_queue_pop_head(s->jobs);
    guint64 others = 0;
    g_autoptr(GPtrArray) suggestions = j->op == SPELL_SUGGEST ? take_suggestions(s, &others) : NULL;
    gboolean check = j->op == SPELL_CHECK;
    s->asked = FALSE;
    clock_timer_cancel(s->deadline);
    s->deadline = 0;
    if (check)
        take_check(s, j);
    job_end(j, suggestions ? (const char *const *)suggestions->pdata : NULL, others, TRUE);
    if (check)
        event_emit(&(Event){.kind = EVENT_SPELLING});
}

static gboolean take(Speller *s)
{
    const Job *first = s->asked ? g_queue_peek_head(s->jobs) : NULL;
    if (s->state == STARTING && s->message.op == SPELL_HELLO) {
        clock_timer_cancel(s->deadline);
        s->deadline = 0;
        take_hello(s);
        return TRUE;
    }
    if (s->state != READY || !first || s->message.id != s->next_id || s->message.op != first->op)
        return FALSE;
    take_answer(s);
    return TRUE;
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer data)
{
    Speller *s = data;
    (void)condition;
    gssize n = recv(fd, &s->message, sizeof s->message, MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n != (gssize)sizeof s->message || !take(s))
        lose(s);
    else
        pump(s);
    return G_SOURCE_CONTINUE; /* lose() has removed it */
}

void speller_attach(Speller *s, int fd)
{
    if (s->state != STARTING) {
        close(fd);
        return;
    }
    if (s->fd >= 0)
        drop(s);
    s->state = STARTING;
    s->fd = fd;
    s->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, s);
    expect_within(s, LOADED_WITHIN_MS);
}

/* The next question, when there is one and nothing else is under way. A full socket is a helper that does not
 * read: its deadline runs. */
static void pump(Speller *s)
{
    Job *j = g_queue_peek_head(s->jobs);
    if (!j || s->state == OFF || s->state == STARTING)
        return;
    if (s->state == NO_HELPER) {
        s->state = STARTING;
        expect_within(s, LOADED_WITHIN_MS);
        s->hooks.start(s->hooks.data);
        return;
    }
    if (s->asked)
        return;
    memset(&s->message, 0, sizeof s->message);
    s->message.id = ++s->next_id;
    s->message.op = (guint16)j->op;
    s->message.count = (guint16)j->words->len;
    for (guint i = 0; i < j->words->len; i++)
        g_strlcpy(s->message.word[i], j->words->pdata[i], SPELL_WORD_BYTES);
    s->asked = TRUE;
    expect_within(s, ANSWER_WITHIN_MS);
    if (send(s->fd, &s->message, sizeof s->message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN)
        lose(s);
}

/* ---- for those who write ---- */

static gboolean may_ask(const char *word)
{
    return *word && strlen(word) < SPELL_WORD_BYTES;
}

static gboolean on_rest(gpointer data)
{
    Speller *s = data;
    GHashTableIter iter;
    gpointer word;
    Job *j = NULL;
    s->rest = g_queue_is_empty(s->jobs) ? 0 : clock_timer_add(REST_MS, on_rest, s); /* one thing after the other */
    if (s->rest)
        return G_SOURCE_REMOVE;
    g_hash_table_iter_init(&iter, s->wanted);
    while (g_hash_table_iter_next(&iter, &word, NULL)) {
        if (!j || j->words->len == SPELL_BATCH)
            j = job_add(s, NULL, SPELL_CHECK);
        g_hash_table_iter_steal(&iter);
        g_ptr_array_add(j->words, word);
    }
    pump(s);
    return G_SOURCE_REMOVE;
}

SpellVerdict speller_verdict(const Speller *s, const char *word)
{
    return (SpellVerdict)GPOINTER_TO_INT(g_hash_table_lookup(s->known, word));
}

void speller_want(Speller *s, const char *word)
{
    if (s->state == OFF || !may_ask(word) || g_hash_table_size(s->wanted) >= MOST_WANTED)
        return;
    g_hash_table_add(s->wanted, g_strdup(word));
    clock_timer_cancel(s->rest);
    s->rest = clock_timer_add(REST_MS, on_rest, s);
}

void speller_learn(Speller *s, const char *const *words)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();
    for (; *words && g_hash_table_size(s->learned) < MOST_LEARNED; words++)
        if (may_ask(*words) && g_hash_table_add(s->learned, g_strdup(*words)))
            g_ptr_array_add(fresh, (gpointer)*words);
    if (!fresh->len)
        return;
    g_hash_table_remove_all(s->known);
    if (s->state == READY) {
        teach(s, (const char *const *)fresh->pdata, fresh->len);
        pump(s);
    }
    event_emit(&(Event){.kind = EVENT_SPELLING});
}

void speller_check(Speller *s, Scope *scope, const char *const *words, SpellerCheckFn fn, gpointer data)
{
    Job *j = job_add(s, scope, SPELL_CHECK);
    j->checked = fn;
    j->data = data;
    for (; *words && j->words->len < SPELL_BATCH; words++)
        if (may_ask(*words))
            g_ptr_array_add(j->words, g_strdup(*words));
    if (s->state == OFF)
        jobs_fail(s);
    else
        pump(s);
}

void speller_suggest(Speller *s, Scope *scope, const char *word, SpellerSuggestFn fn, gpointer data)
{
    Job *j = job_add(s, scope, SPELL_SUGGEST);
    j->suggested = fn;
    j->data = data;
    g_ptr_array_add(j->words, g_strdup(word));
    if (s->state == OFF)
        jobs_fail(s);
    else
        pump(s);
}

gboolean speller_is_off(const Speller *s)
{
    return s->state == OFF;
}

Speller *speller_new(const SpellerHooks *hooks)
{
    Speller *s = g_new0(Speller, 1);
    s->hooks = *hooks;
    s->fd = -1;
    s->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->learned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->jobs = g_queue_new();
    return s;
}

void speller_free(Speller *s)
{
    if (!s)
        return;
    drop(s);
    clock_timer_cancel(s->rest);
    for (Job *j; (j = g_queue_pop_head(s->jobs));)
        job_free(j);
    g_queue_free(s->jobs);
    g_hash_table_unref(s->known);
    g_hash_table_unref(s->wanted);
    g_hash_table_unref(s->learned);
    g_free(s);
}
