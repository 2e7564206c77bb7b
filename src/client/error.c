/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include "base/log.h"
#include "base/text.h"
#include "client/internal.h"
#include "fhir/outcome.h"

typedef struct {
    guint status;
    int net_code;
    char *request_id;
    GPtrArray *issues;
} ClientErrorPrivate;

static void client_error_private_init(ClientErrorPrivate *p)
{
    p->net_code = -1;
}

static void client_error_private_copy(const ClientErrorPrivate *from, ClientErrorPrivate *to)
{
    *to = *from;
    to->request_id = g_strdup(from->request_id);
    to->issues = from->issues ? g_ptr_array_ref(from->issues) : NULL;
}

static void client_error_private_clear(ClientErrorPrivate *p)
{
    g_free(p->request_id);
    g_clear_pointer(&p->issues, g_ptr_array_unref);
}

G_DEFINE_EXTENDED_ERROR(ClientError, client_error)

enum { LONGEST_WORDS = 300 };

static const char *const sentences[] = {
    [CLIENT_ERROR_OFFLINE] = N_("The core cannot be reached."),
    [CLIENT_ERROR_LOGIN] = N_("The login is no longer valid. Log in again; drafts are kept."),
    [CLIENT_ERROR_FORBIDDEN] = N_("Your assignment does not give access to this."),
    [CLIENT_ERROR_NOT_FOUND] = N_("The core does not have this."),
    [CLIENT_ERROR_CONFLICT] = N_("This was changed by someone else meanwhile."),
    [CLIENT_ERROR_LOCKED] = N_("Someone else is editing this just now. Try again in a moment."),
    [CLIENT_ERROR_REFUSED] = N_("The core refused this."),
    [CLIENT_ERROR_SERVER] = N_("The core has a fault and could not answer."),
    [CLIENT_ERROR_ANSWER] = N_("The core's answer cannot be read. The address may be wrong."),
    [CLIENT_ERROR_PATIENT] = N_("This is not about the open patient."),
    [CLIENT_ERROR_AUDIT] =
        N_("The reading could not be logged, so nothing was read. Check the disk."),
    [CLIENT_ERROR_STORE] =
        N_("Nothing was sent, because it could not be saved first. Check the disk."),
    [CLIENT_ERROR_ASKED] = N_("The core is being asked about it already."),
    [CLIENT_ERROR_SETTLED] = N_("It has been settled meanwhile."),
};

static const struct {
    guint status;
    ClientErrorCode code;
} statuses[] = {
    {401, CLIENT_ERROR_LOGIN},     {403, CLIENT_ERROR_FORBIDDEN}, {404, CLIENT_ERROR_NOT_FOUND},
    {410, CLIENT_ERROR_NOT_FOUND}, {409, CLIENT_ERROR_CONFLICT},  {412, CLIENT_ERROR_CONFLICT},
    {423, CLIENT_ERROR_LOCKED},
};

static ClientErrorCode code_of_status(guint status)
{
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].code;
    if (status >= 500)
        return CLIENT_ERROR_SERVER;
    return status >= 400 ? CLIENT_ERROR_REFUSED : CLIENT_ERROR_ANSWER;
}

GError *client_error_make(ClientErrorCode code)
{
    return g_error_new_literal(CLIENT_ERROR, code, sentences[code]);
}

GError *client_error_from_net(const GError *net_error)
{
    gboolean answer = net_error->code == NET_ERROR_TOO_BIG ||
                      net_error->code == NET_ERROR_REDIRECT ||
                      net_error->code == NET_ERROR_PROTOCOL;
    GError *error = g_error_new_literal(
        CLIENT_ERROR, answer ? CLIENT_ERROR_ANSWER : CLIENT_ERROR_OFFLINE, net_error->message);
    client_error_get_private(error)->net_code = net_error->code;
    return error;
}

GError *client_error_from_outcome(guint status, const FhirResource *outcome, const char *request_id)
{
    ClientErrorCode code = code_of_status(status);
    g_autofree char *whole = outcome ? fhir_outcome_summary(outcome) : NULL;
    g_autofree char *words = whole ? text_ellipsis(whole, LONGEST_WORDS) : NULL; /* some send their stack */
    GError *error =
        g_error_new_literal(CLIENT_ERROR, code, words && *words ? words : sentences[code]);
    ClientErrorPrivate *p = client_error_get_private(error);
    p->status = status;
    p->request_id = g_strdup(request_id);
    p->issues = outcome ? fhir_outcome_issues(outcome) : NULL;
    return error;
}

/* Oracle answers some 400 in plain words; anything longer is a page for a browser. */
static char *plain_words(const NetResponse *response)
{
    const char *type = net_header(response, "Content-Type");
    gsize len = 0;
    const char *text = g_bytes_get_data(response->body, &len);
    if (!type || !g_str_has_prefix(type, "text/plain") || len == 0 || len > 300)
        return NULL;
    return text_sanitise(text, (gssize)len, FALSE);
}

GError *client_error_from_answer(const NetResponse *response)
{
    g_autoptr(FhirResource) outcome = NULL;
    if (g_bytes_get_size(response->body) > 0)
        outcome = fhir_resource_parse(response->body, NULL);
    GError *error = client_error_from_outcome(response->status, outcome, response->request_id);
    g_autofree char *words = outcome ? NULL : plain_words(response);
    if (words && *words) {
        g_free(error->message);
        error->message = g_steal_pointer(&words);
    }
    return error;
}

/* What came, by its first bytes: whether a login page, half an answer or another encoding is for the
 * person to know. */
static const char *what_came(GBytes *body)
{
    gsize n;
    const guint8 *s = g_bytes_get_data(body, &n);
    gsize at = n >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (n >= 2 && ((s[0] == 0xff && s[1] == 0xfe) || (s[0] == 0xfe && s[1] == 0xff) || !s[0] || !s[1]))
        return N_("The core's answer is in another encoding than UTF-8 and cannot be read.");
    while (at < n && g_ascii_isspace(s[at]))
        at++;
    if (at == n)
        return N_("The core sent an empty answer.");
    if (s[at] == '<')
        return N_("A web page came instead of an answer. The login may have ended, or the address is wrong.");
    if (s[at] == '{' || s[at] == '[')
        return N_("The core's answer is damaged or cut short. Nothing of it is shown.");
    return sentences[CLIENT_ERROR_ANSWER];
}

GError *client_error_unreadable(GBytes *body, const char *request_id)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(FhirResource) whole = fhir_resource_parse(body, &why);
    GError *error = g_error_new_literal(CLIENT_ERROR, CLIENT_ERROR_ANSWER,
                                        whole ? sentences[CLIENT_ERROR_ANSWER] : what_came(body));
    client_error_get_private(error)->request_id = g_strdup(request_id);
    /* Where it is damaged, never what stands there. */
    log_event(LOG_WARN, "client", "answer of %" G_GSIZE_FORMAT " bytes not read, request %s: %s", g_bytes_get_size(body),
              request_id ? request_id : "-", why && why->code == FHIR_ERROR_JSON ? why->message : "no such FHIR");
    return error;
}

gboolean client_error_never_sent(const GError *error)
{
    int code = client_error_net_code(error);
    GError net = {NET_ERROR, code, NULL};
    return code >= 0 && net_error_never_sent(&net);
}

guint client_error_status(const GError *error)
{
    return error && error->domain == CLIENT_ERROR ? client_error_get_private(error)->status : 0;
}

const char *client_error_request_id(const GError *error)
{
    return error && error->domain == CLIENT_ERROR ? client_error_get_private(error)->request_id
                                                  : NULL;
}

const GPtrArray *client_error_issues(const GError *error)
{
    return error && error->domain == CLIENT_ERROR ? client_error_get_private(error)->issues : NULL;
}

int client_error_net_code(const GError *error)
{
    return error && error->domain == CLIENT_ERROR ? client_error_get_private(error)->net_code : -1;
}
