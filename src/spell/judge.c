/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spell/judge.h"

#include <hunspell/hunspell.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>
#include <wchar.h>

#define SHORTEST 3      /* letters of a word that is taken from a text */
#define FIRST_SHARE 6   /* of the suggestions, where other dictionaries have some too */

typedef struct {
    Hunhandle *hunspell;
    iconv_t in, out; /* (iconv_t)-1: it is UTF-8 itself */
} Dictionary;

struct Judge {
    Dictionary dictionary[JUDGE_DICTIONARIES];
    int count;
};

Judge *judge_new(void) {
    return calloc(1, sizeof(Judge));
}

static void dictionary_close(Dictionary *d) {
    Hunspell_destroy(d->hunspell);
    if (d->in != (iconv_t)-1)
        iconv_close(d->in);
    if (d->out != (iconv_t)-1)
        iconv_close(d->out);
}

void judge_free(Judge *j) {
    for (int i = 0; j && i < j->count; i++)
        dictionary_close(&j->dictionary[i]);
    free(j);
}

int judge_dictionaries(const Judge *j) {
    return j->count;
}

bool judge_load(Judge *j, const char *folder, const char *name) {
    char aff[512], dic[512];
    Dictionary d = {NULL, (iconv_t)-1, (iconv_t)-1};

    snprintf(aff, sizeof aff, "%s/%s.aff", folder, name);
    snprintf(dic, sizeof dic, "%s/%s.dic", folder, name);
    /* hunspell itself takes a missing file for an empty one */
    if (j->count == JUDGE_DICTIONARIES || access(aff, R_OK) < 0 || access(dic, R_OK) < 0)
        return false;
    d.hunspell = Hunspell_create(aff, dic);
    if (!d.hunspell)
        return false;
    const char *encoding = Hunspell_get_dic_encoding(d.hunspell);
    if (strcmp(encoding, "UTF-8") != 0) {
        d.in = iconv_open(encoding, "UTF-8");
        d.out = iconv_open("UTF-8", encoding);
        if (d.in == (iconv_t)-1 || d.out == (iconv_t)-1) {
            dictionary_close(&d);
            return false;
        }
    }
    j->dictionary[j->count++] = d;
    return true;
}

/* @text in the other encoding; NULL when it has no letters for it, or no room. */
static const char *convert(iconv_t how, const char *text, char out[SPELL_WORD_BYTES]) {
    char *from = (char *)text, *to = out;
    size_t left = strlen(text), room = SPELL_WORD_BYTES - 1;

    if (how == (iconv_t)-1)
        return text;
    iconv(how, NULL, NULL, NULL, NULL);
    if (iconv(how, &from, &left, &to, &room) == (size_t)-1)
        return NULL;
    *to = '\0';
    return out;
}

static bool has(const Dictionary *d, const char *word) {
    char own[SPELL_WORD_BYTES];
    const char *asked = convert(d->in, word, own);
    return asked && Hunspell_spell(d->hunspell, asked);
}

bool judge_right(Judge *j, const char *word) {
    for (int i = 0; i < j->count; i++)
        if (has(&j->dictionary[i], word))
            return true;
    return false;
}

void judge_add(Judge *j, const char *word, const char *model) {
    char own[SPELL_WORD_BYTES], own_model[SPELL_WORD_BYTES];
    const Dictionary *d = j->dictionary;
    const char *added = j->count && *word ? convert(d->in, word, own) : NULL;
    const char *as = added && model && *model ? convert(d->in, model, own_model) : NULL;

    if (as)
        Hunspell_add_with_affix(d->hunspell, added, as);
    /* what is no entry of the dictionary itself, only a form of one, is nobody's model */
    if (added && (!as || !Hunspell_spell(d->hunspell, added)))
        Hunspell_add(d->hunspell, added);
}

/* ---- lists ---- */

static void add_line(Judge *j, char *line) {
    line[strcspn(line, "#\r\n")] = '\0';
    for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
        line[n - 1] = '\0';
    char *model = strchr(line, '=');
    if (model)
        *model++ = '\0';
    if (*line && strlen(line) < SPELL_WORD_BYTES)
        judge_add(j, line, model);
}

static void add_found(Judge *j, const wchar_t *letters, size_t n, const char *model) {
    char word[SPELL_WORD_BYTES];
    size_t used = n >= SHORTEST ? wcstombs(word, letters, sizeof word) : (size_t)-1;
    /* what only another dictionary has lacks its forms in the first */
    if (used < sizeof word && j->count && !has(j->dictionary, word))
        judge_add(j, word, model);
}

static void add_text(Judge *j, FILE *in, const char *model) {
    wchar_t letters[SPELL_WORD_BYTES + 1];
    size_t n = 0;
    wint_t c;

    do {
        c = fgetwc(in);
        if (c != WEOF && iswalpha(c)) {
            if (n < SPELL_WORD_BYTES)
                letters[n++] = (wchar_t)towlower(c);
            continue;
        }
        letters[n] = L'\0';
        add_found(j, letters, n, model);
        n = 0;
    } while (c != WEOF);
}

bool judge_read(Judge *j, const char *path, const char *model) {
    size_t length = strlen(path);
    bool list = length > 6 && strcmp(path + length - 6, ".words") == 0;
    char line[256];
    FILE *in = fopen(path, "re");

    if (!in)
        return false;
    while (list && fgets(line, sizeof line, in))
        add_line(j, line);
    if (!list)
        add_text(j, in, model);
    fclose(in);
    return true;
}

/* ---- suggestions ---- */

static int take(const Dictionary *d, char **found, int n, char out[][SPELL_WORD_BYTES], int taken, int most) {
    for (int i = 0; i < n && taken < most; i++) {
        char own[SPELL_WORD_BYTES];
        const char *text = convert(d->out, found[i], own);
        bool there = !text || !*text || strlen(text) >= SPELL_WORD_BYTES;
        for (int k = 0; k < taken && !there; k++)
            there = strcmp(out[k], text) == 0;
        if (!there)
            snprintf(out[taken++], SPELL_WORD_BYTES, "%s", text);
    }
    return taken;
}

static int suggest_of(const Dictionary *d, const char *word, char out[][SPELL_WORD_BYTES], int taken, int most) {
    char own[SPELL_WORD_BYTES], **found = NULL;
    const char *asked = convert(d->in, word, own);
    int n = asked ? Hunspell_suggest(d->hunspell, &found, asked) : 0;
    taken = take(d, found, n, out, taken, most);
    if (n > 0)
        Hunspell_free_list(d->hunspell, &found, n);
    return taken;
}

/* A note is in the first language: its words come first, and only as many of the others as leave it its share. */
int judge_suggest(Judge *j, const char *word, char out[][SPELL_WORD_BYTES], int most, uint64_t *others) {
    char all[2 * SPELL_SUGGESTIONS][SPELL_WORD_BYTES];
    int first = j->count ? suggest_of(&j->dictionary[0], word, all, 0, most) : 0, taken = first;
    int others_most = first && most > FIRST_SHARE ? most - FIRST_SHARE : first ? 0 : most;

    for (int i = 1; i < j->count; i++)
        taken = suggest_of(&j->dictionary[i], word, all, taken, first + others_most);
    int foreign = taken - first, own = first < most - foreign ? first : most - foreign;
    memcpy(out, all, sizeof all[0] * (size_t)own);
    memcpy(out + own, all + first, sizeof all[0] * (size_t)foreign);
    *others = ((UINT64_C(1) << foreign) - 1) << own;
    return own + foreign;
}
