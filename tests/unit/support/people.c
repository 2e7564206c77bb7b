/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/people.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/generate.h"

guint32 dice_roll(Dice *d, guint32 n)
{
    guint64 z = (d->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (guint32)((z ^ (z >> 31)) >> 32) % n;
}

static gboolean keep(FhirResource *r, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, fhir_resource_ref(r));
    return TRUE;
}

static void unref(gpointer r)
{
    fhir_resource_unref(r);
}

GPtrArray *people_generate(guint n, guint64 seed, CivilDate today)
{
    GPtrArray *people = g_ptr_array_new_with_free_func(unref);
    g_autoptr(GError) error = NULL;
    if (!generate_patients(n, seed, today, keep, people, &error))
        g_error("%s", error->message);
    return people;
}

/* The word as letters, so that an error may fall on å, ä and ö too. */
static char *mistype_word(Dice *d, const char *word)
{
    static const gunichar letters[] = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
                                       'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xE5, 0xE4, 0xF6};
    glong n = 0;
    g_autofree gunichar *was = g_utf8_to_ucs4_fast(word, -1, &n);
    g_autofree gunichar *now = g_new0(gunichar, n + 2);
    guint at = dice_roll(d, (guint32)n);
    gunichar other = letters[dice_roll(d, G_N_ELEMENTS(letters))];
    memcpy(now, was, (gsize)n * sizeof *now);
    switch (dice_roll(d, 4)) {
    case 0:
        now[at] = other;
        break;
    case 1:
        memmove(now + at + 1, was + at, (gsize)(n - at) * sizeof *now);
        now[at] = other;
        break;
    case 2:
        memmove(now + at, was + at + 1, (gsize)(n - at) * sizeof *now);
        break;
    default:
        at = at + 1 < n ? at : 0;
        now[at] = was[n > 1 ? at + 1 : 0];
        now[n > 1 ? at + 1 : 0] = was[at];
        break;
    }
    return g_ucs4_to_utf8(now, -1, NULL, NULL, NULL);
}

char *people_mistype(Dice *d, const char *name)
{
    g_auto(GStrv) words = g_strsplit_set(name, " -", -1);
    guint n = g_strv_length(words);
    for (;;) {
        guint which = dice_roll(d, n);
        if (!*words[which])
            continue;
        g_autofree char *wrong = mistype_word(d, words[which]);
        g_autofree char *a = text_fold(words[which]), *b = text_fold(wrong);
        if (!*a || !*b || strcmp(a, b) == 0)
            continue;
        g_free(words[which]);
        words[which] = g_steal_pointer(&wrong);
        return g_strjoinv(" ", words);
    }
}

guint64 people_seed(guint64 usual)
{
    const char *given = g_getenv("ROND_SEED");
    guint64 seed = given ? g_ascii_strtoull(given, NULL, 10) : usual;
    fprintf(stderr, "seed: ROND_SEED=%" G_GUINT64_FORMAT "\n", seed);
    return seed;
}
