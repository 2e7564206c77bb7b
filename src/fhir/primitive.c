/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/primitive.h"
#include "base/datetime.h"
#include <string.h>

#define STRING_BYTES (1u << 20) /* FHIR: a string is at most 1 MB */

static gboolean digits(const char **p, int n)
{
    for (int i = 0; i < n; i++)
        if (!g_ascii_isdigit((*p)[i]))
            return FALSE;
    *p += n;
    return TRUE;
}

/* "14:35:45" and a fraction. */
static gboolean time_part(const char **p)
{
    const char *s = *p;
    if (!digits(p, 2) || *(*p)++ != ':' || !digits(p, 2) || *(*p)++ != ':' || !digits(p, 2))
        return FALSE;
    if (**p == '.') {
        ++*p;
        if (!g_ascii_isdigit(**p))
            return FALSE;
        while (g_ascii_isdigit(**p))
            ++*p;
    }
    /* 60 is a leap second */
    return strncmp(s, "24", 2) < 0 && s[3] < '6' && strncmp(s + 6, "61", 2) < 0;
}

static gboolean zone(const char *p)
{
    if (g_str_equal(p, "Z"))
        return TRUE;
    if (*p != '+' && *p != '-')
        return FALSE;
    const char *s = ++p;
    return digits(&p, 2) && *p++ == ':' && digits(&p, 2) && !*p && s[3] < '6' &&
           strncmp(s, "14:00", 5) <= 0;
}

/* Year, month or day; *ret_rest what follows, *ret_day whether the day is there. */
static gboolean date_part(const char *s, const char **ret_rest, gboolean *ret_day)
{
    const char *p = s;
    CivilDate d = {.month = 1, .day = 1};
    if (!digits(&p, 4) || !strncmp(s, "0000", 4))
        return FALSE;
    d.year = (gint16)g_ascii_strtoll(s, NULL, 10);
    *ret_day = FALSE;
    if (*p == '-') {
        p++;
        if (!digits(&p, 2))
            return FALSE;
        d.month = (guint8)((p[-2] - '0') * 10 + p[-1] - '0');
        if (*p == '-') {
            p++;
            if (!digits(&p, 2))
                return FALSE;
            d.day = (guint8)((p[-2] - '0') * 10 + p[-1] - '0');
            *ret_day = TRUE;
        }
    }
    *ret_rest = p;
    return civil_date_valid(d);
}

static gboolean is_date(const char *s)
{
    const char *rest;
    gboolean day;
    return date_part(s, &rest, &day) && !*rest;
}

static gboolean is_instant(const char *s)
{
    const char *rest;
    gboolean day;
    return date_part(s, &rest, &day) && day && *rest++ == 'T' && time_part(&rest) && zone(rest);
}

static gboolean is_date_time(const char *s)
{
    return is_date(s) || is_instant(s);
}

static gboolean is_time(const char *s)
{
    return time_part(&s) && !*s;
}

static gboolean is_id(const char *s)
{
    gsize n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");
    return n > 0 && n <= 64 && !s[n];
}

/* No space at the ends and no two together. */
static gboolean is_code(const char *s)
{
    for (const char *p = s; *p; p++)
        if (g_ascii_isspace(*p) && (*p != ' ' || p == s || p[1] == ' ' || !p[1]))
            return FALSE;
    return *s != 0;
}

static gboolean is_uri(const char *s)
{
    for (const char *p = s; *p; p++)
        if ((guchar)*p <= ' ')
            return FALSE;
    return *s != 0;
}

static gboolean is_oid(const char *s)
{
    if (!g_str_has_prefix(s, "urn:oid:") || s[8] < '0' || s[8] > '2')
        return FALSE;
    const char *p = s + 9;
    while (*p == '.' && g_ascii_isdigit(p[1])) {
        if (p[1] == '0' && g_ascii_isdigit(p[2]))
            return FALSE;
        for (p++; g_ascii_isdigit(*p); p++)
            ;
    }
    return !*p && p > s + 9;
}

static gboolean is_uuid(const char *s)
{
    return g_str_has_prefix(s, "urn:uuid:") && g_uuid_string_is_valid(s + 9);
}

static gboolean is_base64(const char *s)
{
    gsize n = 0, pad = 0;
    for (const char *p = s; *p; p++) {
        if (g_ascii_isspace(*p))
            continue;
        if (*p == '=')
            pad++;
        else if (pad || !(g_ascii_isalnum(*p) || *p == '+' || *p == '/'))
            return FALSE;
        n++;
    }
    return n > 0 && n % 4 == 0 && pad <= 2;
}

static gboolean is_text(const char *s)
{
    gboolean word = FALSE;
    for (const char *p = s; *p; p++) {
        guchar c = (guchar)*p;
        if (c < ' ' && c != '\t' && c != '\n' && c != '\r')
            return FALSE;
        word |= c > ' ';
    }
    return word && strlen(s) <= STRING_BYTES;
}

static gboolean is_xhtml(const char *s)
{
    while (g_ascii_isspace(*s))
        s++;
    if (g_str_has_prefix(s, "<?xml")) {
        s = strstr(s, "?>");
        for (s = s ? s + 2 : ""; g_ascii_isspace(*s); s++)
            ;
    }
    return g_str_has_prefix(s, "<div") && (g_ascii_isspace(s[4]) || s[4] == '>');
}

static const struct {
    const char *type;
    gboolean (*sound)(const char *text);
    const char *problem;
} texts[] = {
    {"base64Binary", is_base64, "is not base64"},
    {"canonical", is_uri, "is not a URI (empty or with spaces)"},
    {"code", is_code, "is not a code (empty, or spaces at the ends)"},
    {"date", is_date, "is not a date as YYYY, YYYY-MM or YYYY-MM-DD"},
    {"dateTime", is_date_time, "is not a date, or a date and time with seconds and zone"},
    {"id", is_id, "is not an id of 1 to 64 letters, digits, - and ."},
    {"instant", is_instant, "is not a full date and time with seconds and zone"},
    {"markdown", is_text, "is empty, too long or has control characters"},
    {"oid", is_oid, "is not an OID as urn:oid:1.2.3"},
    {"string", is_text, "is empty, too long or has control characters"},
    {"time", is_time, "is not a time as hh:mm:ss"},
    {"uri", is_uri, "is not a URI (empty or with spaces)"},
    {"url", is_uri, "is not a URL (empty or with spaces)"},
    {"uuid", is_uuid, "is not a UUID as urn:uuid:…"},
    {"xhtml", is_xhtml, "is not an XHTML div"},
};

static const struct {
    const char *type;
    gint64 min;
} integers[] = {
    {"integer", G_MININT32},
    {"positiveInt", 1},
    {"unsignedInt", 0},
};

static const char *integer_problem(JsonValue v, gint64 min)
{
    g_autofree char *text = json_number(v);
    gint64 number;
    if (!text)
        return "must be a number";
    return g_ascii_string_to_signed(text, 10, min, G_MAXINT32, &number, NULL)
               ? NULL
               : "is not a whole number in the range that its type allows";
}

const char *fhir_primitive_problem(const char *type, JsonValue v)
{
    JsonKind kind = json_kind(v);
    if (g_str_equal(type, "boolean"))
        return kind == JSON_KIND_TRUE || kind == JSON_KIND_FALSE ? NULL : "must be true or false";
    if (g_str_equal(type, "decimal"))
        return kind == JSON_KIND_NUMBER ? NULL : "must be a number";
    for (gsize i = 0; i < G_N_ELEMENTS(integers); i++)
        if (g_str_equal(type, integers[i].type))
            return integer_problem(v, integers[i].min);
    g_autofree char *text = json_text(v);
    if (!text)
        return "must be a string";
    if (json_string_damaged(v))
        return "holds damaged text";
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_str_equal(type, texts[i].type))
            return texts[i].sound(text) ? NULL : texts[i].problem;
    return NULL;
}
