/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/error.h — what went wrong between us and the core: kind, HTTP status, request id and the
 * issues of an OperationOutcome. The message is the core's own words where it gave any (hostile
 * until painted), else one fixed English sentence (a msgid). */
#pragma once
#include <glib.h>

#define CLIENT_ERROR (client_error_quark())
GQuark client_error_quark(void);

typedef enum {
    CLIENT_ERROR_OFFLINE,   /* the core was not reached; client_error_net_code() says how */
    CLIENT_ERROR_LOGIN,     /* 401 also with a fresh token */
    CLIENT_ERROR_FORBIDDEN, /* 403: not known, never "none" */
    CLIENT_ERROR_NOT_FOUND, /* 404, 410 */
    CLIENT_ERROR_CONFLICT,  /* 409, 412: changed by someone else */
    CLIENT_ERROR_LOCKED,    /* 423: being edited by someone, try again */
    CLIENT_ERROR_REFUSED,   /* 400, 422 and other 4xx */
    CLIENT_ERROR_SERVER,    /* 5xx */
    CLIENT_ERROR_ANSWER,    /* an answer that is no FHIR, damaged or too big */
    CLIENT_ERROR_PATIENT,   /* the answer or the call is about another patient, or about none */
    CLIENT_ERROR_AUDIT,     /* the reading could not be logged, so it did not take place */
    CLIENT_ERROR_STORE,     /* the outbox could not be written, so nothing was sent */
    CLIENT_ERROR_ASKED,     /* of a write in the outbox: the core is being asked about it already */
    CLIENT_ERROR_SETTLED,   /* of a write in the outbox: it is settled, and its row is gone */
} ClientErrorCode;

/* All accept any error; for other domains they give 0, NULL, NULL and -1. Borrowed. */
guint client_error_status(const GError *error);
const char *client_error_request_id(const GError *error);
const GPtrArray *
client_error_issues(const GError *error);       /* FhirIssue*; NULL when there are none */
int client_error_net_code(const GError *error); /* NetErrorCode or -1 */
