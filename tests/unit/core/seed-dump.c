/* SPDX-License-Identifier: GPL-3.0-or-later
 * seed-dump DIR YYYY-MM-DD | seed-dump generate N YYYY-MM-DD: the training hospital or synthetic
 * patients as one resource a line, for the strict validator and for eyes. */
#include "core/generate.h"
#include <stdio.h>
#include <string.h>

static gboolean print_line(FhirResource *r, gpointer data, GError **error)
{
    gsize len = 0;
    const char *text = g_bytes_get_data(fhir_text(r), &len);
    fwrite(text, 1, len, stdout);
    fputc('\n', stdout);
    return TRUE;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    CivilDate today;
    if (argc < 3 || !civil_date_parse(argv[argc - 1], &today)) {
        fputs("usage: seed-dump DIR DATE | seed-dump generate N DATE\n", stderr);
        return 2;
    }
    gboolean ok = !strcmp(argv[1], "generate")
                      ? generate_patients((guint)g_ascii_strtoull(argv[2], NULL, 10), 1, today,
                                          print_line, NULL, &error)
                      : seed_expand(argv[1], (SeedDay){today, today}, print_line, NULL, &error);
    if (!ok)
        fprintf(stderr, "%s\n", error->message);
    return ok ? 0 : 1;
}
