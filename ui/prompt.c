/* SPDX-License-Identifier: GPL-3.0-or-later
 * Readline edits a line that it can neither read nor show: its input is a queue of bytes that we fill,
 * its output the null device, its redisplay nothing (which also keeps it from the terminal database). */
#include "ui/prompt.h"

#include "base/text.h"
#include "ui/input.h"
#include "ui/widgets/widget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#define HISTORY_LINES 200

static struct {
    gboolean ready, open;
    PromptCompleteFn complete;
    gpointer complete_data;
    PromptFn fn;
    gpointer data;
    char *label;
    GByteArray *bytes; /* typed, not yet read by readline */
    char *finished;    /* the line that Enter ended */
    gboolean given_up;
    char **matches;    /* shown when a word has more than one end */
    char **candidates; /* while readline asks for them */
} prompt;

/* ---- what readline calls ---- */

static int next_byte(FILE *unused)
{
    if (prompt.bytes->len == 0)
        return EOF;
    int byte = prompt.bytes->data[0];
    g_byte_array_remove_index(prompt.bytes, 0);
    return byte;
}

static void show_nothing(void)
{
}

static void on_line(char *line)
{
    rl_callback_handler_remove();
    prompt.given_up = line == NULL;
    prompt.finished = line;
}

static char *next_candidate(const char *text, int state)
{
    static gsize at;
    if (state == 0)
        at = 0;
    while (prompt.candidates && prompt.candidates[at]) {
        const char *candidate = prompt.candidates[at++];
        if (strncmp(candidate, text, strlen(text)) == 0)
            return strdup(candidate); /* readline frees it */
    }
    return NULL;
}

static char **complete_word(const char *text, int start, int end)
{
    rl_attempted_completion_over = 1; /* never file names */
    if (!prompt.complete)
        return NULL;
    g_autofree char *line = g_strndup(rl_line_buffer, (gsize)end);
    prompt.candidates = prompt.complete(line, prompt.complete_data);
    char **matches = rl_completion_matches(text, next_candidate);
    g_clear_pointer(&prompt.candidates, g_strfreev);
    return matches;
}

static void keep_matches(char **matches, int n, int longest)
{
    GPtrArray *kept = g_ptr_array_new();
    for (int i = 1; i <= n; i++) /* [0] is what they have in common */
        g_ptr_array_add(kept, g_strdup(matches[i]));
    g_ptr_array_add(kept, NULL);
    g_strfreev(prompt.matches);
    prompt.matches = (char **)g_ptr_array_free(kept, FALSE);
}

/* ---- our side ---- */

static void start(void)
{
    prompt.ready = TRUE;
    prompt.bytes = g_byte_array_new();
    rl_instream = fopen("/dev/null", "r");
    rl_outstream = fopen("/dev/null", "w");
    rl_getc_function = next_byte;
    rl_redisplay_function = show_nothing;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_readline_name = "rond";
    rl_attempted_completion_function = complete_word;
    rl_completion_display_matches_hook = keep_matches;
    rl_initialize();
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("completion-query-items", "0");
    rl_bind_keyseq("\\e[3~", rl_delete);
    using_history();
    stifle_history(HISTORY_LINES);
}

void prompt_init(PromptCompleteFn complete, gpointer data)
{
    prompt.complete = complete;
    prompt.complete_data = data;
}

void prompt_open(const char *label, const char *initial, PromptFn fn, gpointer data)
{
    if (!prompt.ready)
        start();
    if (prompt.open)
        prompt_close();
    prompt.open = TRUE;
    prompt.fn = fn;
    prompt.data = data;
    prompt.label = g_strdup(label);
    rl_callback_handler_install("", on_line);
    if (initial) {
        g_autofree char *local = g_locale_from_utf8(initial, -1, NULL, NULL, NULL);
        rl_insert_text(local ? local : "");
    }
}

gboolean prompt_is_open(void)
{
    return prompt.open;
}

/* The callback comes last: it may open the prompt again. */
static void finish(const char *line)
{
    PromptFn fn = prompt.fn;
    gpointer data = prompt.data;
    prompt.open = FALSE;
    prompt.fn = NULL;
    g_clear_pointer(&prompt.label, g_free);
    g_clear_pointer(&prompt.matches, g_strfreev);
    g_byte_array_set_size(prompt.bytes, 0);
    fn(line, data);
}

void prompt_close(void)
{
    if (!prompt.open)
        return;
    rl_replace_line("", 1);
    rl_callback_handler_remove();
    finish(NULL);
}

/* What readline may be given. Its own defaults beyond these start programs, read files or search in
 * ways that need its own display. */
static gboolean is_for_readline(const char *name)
{
    static const char *const names[] = {
        "<Left>", "<Right>", "<Up>",  "<Down>", "<Home>", "<End>", "<BS>",  "<Del>",
        "<Tab>",  "<Enter>", "<C-a>", "<C-b>",  "<C-d>",  "<C-e>", "<C-f>", "<C-k>",
        "<C-n>",  "<C-p>",   "<C-t>", "<C-u>",  "<C-w>",  "<C-y>", "<M-b>", "<M-d>",
        "<M-f>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], name) == 0)
            return TRUE;
    return FALSE;
}

static void give(const char *bytes)
{
    g_byte_array_append(prompt.bytes, (const guint8 *)bytes, (guint)strlen(bytes));
    while (prompt.bytes->len > 0 && !prompt.finished && !prompt.given_up)
        rl_callback_read_char();
}

static void insert(const char *utf8)
{
    g_autofree char *safe = text_sanitise(utf8, -1, FALSE);
    g_autofree char *local = g_locale_from_utf8(safe, -1, NULL, NULL, NULL);
    if (local)
        rl_insert_text(local);
}

static void line_is_done(void)
{
    char *local = g_steal_pointer(&prompt.finished);
    prompt.given_up = FALSE;
    if (!local) {
        finish(NULL);
        return;
    }
    g_autofree char *line = g_locale_to_utf8(local, -1, NULL, NULL, NULL);
    if (*local)
        add_history(local);
    free(local);
    finish(line ? g_strstrip(line) : "");
}

gboolean prompt_input(const char *utf8, gboolean paste)
{
    if (!prompt.open)
        return FALSE;
    g_clear_pointer(&prompt.matches, g_strfreev);
    if (!widget_is_named_key(utf8, paste)) {
        g_autofree char *line = g_strdelimit(g_strdup(utf8), "\r\n\t", ' ');
        insert(paste ? g_strchomp(line) : line);
        return TRUE;
    }
    /* What readline inserts itself it follows by a look for more, and takes the end of it for the end. */
    if (strcmp(utf8, "<Space>") == 0) {
        insert(" ");
        return TRUE;
    }
    if (strcmp(utf8, "<Esc>") == 0 || strcmp(utf8, "<C-c>") == 0 || strcmp(utf8, "<C-g>") == 0 ||
        (strcmp(utf8, "<BS>") == 0 && rl_end == 0)) {
        prompt_close();
        return TRUE;
    }
    if (is_for_readline(utf8)) {
        g_autofree char *bytes = input_key_bytes(utf8);
        give(bytes);
        if (prompt.finished || prompt.given_up)
            line_is_done();
    }
    return TRUE; /* while it is open nothing else has the keys */
}

void prompt_paint(Canvas *c)
{
    if (!prompt.open)
        return;
    int label = canvas_text(c, 0, 0, STYLE_STRONG, prompt.label);
    int width = MAX(canvas_cols(c) - label - 1, 1);
    g_autofree char *before = g_locale_to_utf8(rl_line_buffer, rl_point, NULL, NULL, NULL);
    g_autofree char *after = g_locale_to_utf8(rl_line_buffer + rl_point, -1, NULL, NULL, NULL);
    if (!before || !after)
        return;
    /* the end of what stands before the cursor is always seen */
    const char *from = before;
    while (text_width(from, -1) > width)
        from += text_next(from, strlen(from), 0);
    int col = label + canvas_text(c, 0, label, STYLE_NORMAL, from);
    int end = col + canvas_text(c, 0, col, STYLE_NORMAL, after);
    g_autofree char *matches = prompt.matches ? g_strjoinv("  ", prompt.matches) : NULL;
    if (matches)
        canvas_text(c, 0, end + 3, STYLE_DIM, matches);
    canvas_cursor(c, 0, col);
}

void prompt_forget(void)
{
    if (!prompt.ready)
        return;
    prompt_close();
    rl_replace_line("", 1);
    clear_history();
}
