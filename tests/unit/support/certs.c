/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/certs.h"

#include <criterion/criterion.h>
#include <stdarg.h>

static void sh(const char *dir, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void sh(const char *dir, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    g_auto(GStrv) argv = NULL;
    cr_assert(g_shell_parse_argv(line, NULL, &argv, NULL));
    int status = -1;
    g_autofree char *out = NULL, *err = NULL;
    g_spawn_sync(dir, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL);
    cr_assert_eq(status, 0, "%s: %s", line, err);
}

char *certs_make(void)
{
    char *dir = g_dir_make_tmp("rond-tls-XXXXXX", NULL);
    for (int i = 0; i < 2; i++)
        sh(dir,
           "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca%d.key "
           "-out ca%d.pem -days 2 -subj /CN=Prov%d",
           i, i, i);
    sh(dir, "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out "
            "s.csr -subj /CN=localhost");
    g_autofree char *ext = g_build_filename(dir, "ext", NULL);
    g_file_set_contents(ext, "subjectAltName=DNS:localhost\n", -1, NULL);
    sh(dir, "openssl x509 -req -in s.csr -CA ca0.pem -CAkey ca0.key -CAcreateserial -out s.pem "
            "-days 2 -extfile ext");
    return dir;
}

void certs_remove(const char *dir)
{
    sh(NULL, "rm -r '%s'", dir);
}
