/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/record-words.h"

#include <gio/gio.h>
#include <string.h>

#include "record-words-resources.h"

#define PLACE "/rond/record/"

#define RECORD_WORD_ROW(name, id, given) [RW_##name] = {id, given},
static const struct {
    const char *id, *given;
} rows[] = {RECORD_WORDS(RECORD_WORD_ROW)};

static struct {
    char *language;
    char *words[RW_COUNT];
} used;

/* A text that is given other things than its row says would be read as a wrong format. */
static gboolean takes(const char *text, const char *given)
{
    for (const char *p = strchr(text, '%'); p; p = strchr(p + 1, '%'))
        if (p[1] == '\0' || p[1] != *given++)
            return FALSE;
    return *given == '\0';
}

static int row_of(const char *id)
{
    for (int i = 0; i < RW_COUNT; i++)
        if (strcmp(rows[i].id, id) == 0)
            return i;
    return -1;
}

static void clear(char **words)
{
    for (int i = 0; i < RW_COUNT; i++)
        g_clear_pointer(&words[i], g_free);
}

static gboolean read_line(const char *line, char **words, GError **error)
{
    g_auto(GStrv) pair = g_strsplit(line, " = ", 2);
    int row = pair[0] && pair[1] ? row_of(pair[0]) : -1;
    if (row >= 0 && !words[row] && takes(pair[1], rows[row].given)) {
        words[row] = g_strdup(pair[1]);
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The words of the record: “%s” is not understood.", line);
    return FALSE;
}

static gboolean read_words(const char *language, char **words, GError **error)
{
    g_autofree char *path = g_strconcat(PLACE, language, ".words", NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(record_words_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (!bytes)
        return FALSE;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++)
        if (**l && **l != '#' && !read_line(*l, words, error))
            return FALSE;
    for (int i = 0; i < RW_COUNT; i++) {
        if (!words[i]) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The words of the record in “%s” lack “%s”.", language, rows[i].id);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean record_words_use(const char *language, GError **error)
{
    g_autofree char *name = g_strndup(language ? language : RECORD_DEFAULT, strcspn(language ? language : RECORD_DEFAULT, "-_"));
    char *words[RW_COUNT] = {0};
    if (g_strcmp0(used.language, name) == 0)
        return TRUE;
    if (!read_words(name, words, error)) {
        clear(words);
        return FALSE;
    }
    clear(used.words);
    memcpy(used.words, words, sizeof words);
    g_free(used.language);
    used.language = g_steal_pointer(&name);
    return TRUE;
}

static void ready(void)
{
    if (!used.language && !record_words_use(NULL, NULL))
        g_error("the words of the record are damaged"); /* compiled in, and tested */
}

const char *record_language(void)
{
    ready();
    return used.language;
}

const char *record_word(RecordWord word)
{
    ready();
    return used.words[word];
}

char *record_text(RecordWord word, ...)
{
    va_list ap;
    va_start(ap, word);
    char *text = g_strdup_vprintf(record_word(word), ap);
    va_end(ap);
    return text;
}
