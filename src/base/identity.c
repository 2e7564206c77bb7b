/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/identity.h"

#include <string.h>

/* Several systems mean the same kind; the first of a kind is the one we write. */
static const struct {
    IdentityKind kind;
    const char *system;
} systems[] = {
    {ID_PERSONNUMMER, "http://electronichealth.se/identifier/personnummer"},
    {ID_PERSONNUMMER, "urn:oid:1.2.752.129.2.1.3.1"},
    {ID_SAMORDNINGSNUMMER, "http://electronichealth.se/identifier/samordningsnummer"},
    {ID_SAMORDNINGSNUMMER, "urn:oid:1.2.752.129.2.1.3.3"},
    {ID_RESERV_NATIONAL, "http://electronichealth.se/identifier/nationelltReservnummer"},
    {ID_RESERV_NATIONAL, "urn:oid:1.2.752.74.9.1"},
    {ID_RESERV_VGR, "urn:oid:1.2.752.113.11.0.2.1.1.1"},
};

static int digit_sum(int n)
{
    int sum = 0;
    for (; n > 0; n /= 10)
        sum += n % 10;
    return sum;
}

static int two_digits(const char *p)
{
    return (p[0] - '0') * 10 + p[1] - '0';
}

static gboolean all_digits(const char *p, int n)
{
    for (int i = 0; i < n; i++)
        if (!g_ascii_isdigit(p[i]))
            return FALSE;
    return TRUE;
}

/* Luhn over the nine characters from the year's last two digits on; VGR's letters count as digits.
 */
static gboolean luhn_holds(const char *id12)
{
    int sum = 0;
    for (int i = 0; i < 9; i++) {
        char c = id12[2 + i];
        int v = c == 'K' ? 5 : c == 'M' ? 7 : c == 'X' ? 8 : c - '0';
        sum += digit_sum(v * (i % 2 == 0 ? 2 : 1));
    }
    return (10 - sum % 10) % 10 == id12[11] - '0';
}

/* The reserv-id's own sum: letters count with their ASCII code, weights run from the right. */
static gboolean reserv_sum_holds(const char *id12)
{
    int sum = 0;
    for (int i = 0; i < 11; i++) {
        int v = g_ascii_isdigit(id12[i]) ? id12[i] - '0' : id12[i];
        sum += digit_sum(v * (i % 2 == 0 ? 2 : 1));
    }
    return (10 - sum % 10) % 10 == id12[11] - '0';
}

static CivilDate date_of(int year, const char *mmdd, int day_offset)
{
    CivilDate d = {(gint16)year, (guint8)two_digits(mmdd),
                   (guint8)(two_digits(mmdd + 2) - day_offset)};
    return d;
}

static char sex_of_digit(char c)
{
    return (c - '0') % 2 == 0 ? 'F' : 'M';
}

static gboolean read_personal(const char *id12, Identity *out)
{
    int year = two_digits(id12) * 100 + two_digits(id12 + 2);
    int month = two_digits(id12 + 4), day = two_digits(id12 + 6);
    if (year < 1800 || month > 12 || !luhn_holds(id12) || memcmp(id12 + 8, "000", 3) == 0)
        return FALSE;
    gboolean coordination = day >= 60;
    CivilDate birth = date_of(year, id12 + 4, coordination ? 60 : 0);
    if (!civil_date_valid(birth)) {
        /* A samordningsnummer may leave month (00) or day (60) unknown, a personnummer nothing. */
        if (!coordination || day > 91 || (month != 0 && day != 60))
            return FALSE;
        birth = (CivilDate){0};
    }
    out->kind = coordination ? ID_SAMORDNINGSNUMMER : ID_PERSONNUMMER;
    out->sex = sex_of_digit(id12[10]);
    out->birth = birth;
    return TRUE;
}

static gboolean read_vgr(const char *id12, Identity *out)
{
    char g = id12[8];
    if (!all_digits(id12, 8) || strchr("KMX", g) == NULL || !all_digits(id12 + 9, 3) ||
        !luhn_holds(id12))
        return FALSE;
    CivilDate birth = date_of(two_digits(id12) * 100 + two_digits(id12 + 2), id12 + 4, 0);
    out->kind = ID_RESERV_VGR;
    out->sex = g == 'K' ? 'F' : g == 'M' ? 'M' : '?';
    out->birth = civil_date_valid(birth) ? birth : (CivilDate){0};
    return TRUE;
}

static gboolean read_national_reserv(const char *id12, Identity *out)
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUXYZ";
    if (!all_digits(id12, 8) || strchr(letters, id12[8]) == NULL ||
        strchr(letters, id12[9]) == NULL || !g_ascii_isalnum(id12[10]) ||
        !g_ascii_isdigit(id12[11]) || !reserv_sum_holds(id12))
        return FALSE;
    int prefix = two_digits(id12);
    CivilDate birth = {0};
    if (prefix != 0) {
        /* The birth century plus 3 for each turn: 21, 24 … = 18xx, 22, 25 … = 19xx, 23 … = 20xx. */
        if (prefix < 21 || prefix > 98)
            return FALSE;
        int century = 18 + (prefix - 21) % 3;
        birth = date_of(century * 100 + two_digits(id12 + 2), id12 + 4, 0);
        if (!civil_date_valid(birth))
            return FALSE;
    }
    out->kind = ID_RESERV_NATIONAL;
    out->sex = g_ascii_isdigit(id12[10]) ? sex_of_digit(id12[10]) : '?';
    out->birth = birth;
    return TRUE;
}

/* Strips blanks and the separator; *ret_plus tells whether that was a plus. False when the text is
 * no number of 10 or 12 characters with the separator in its place. */
static gboolean compact(const char *text, char out[13], gsize *ret_len, gboolean *ret_plus)
{
    gsize n = 0, separator_at = 0, separators = 0;
    *ret_plus = FALSE;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == ' ' || *p == '\t')
            continue;
        if (*p == '-' || *p == '+') {
            separators++;
            separator_at = n;
            *ret_plus = *p == '+';
            continue;
        }
        if (!g_ascii_isalnum(*p) || n == 12)
            return FALSE;
        out[n++] = g_ascii_toupper(*p);
    }
    out[n] = '\0';
    *ret_len = n;
    return (n == 10 || n == 12) && (separators == 0 || (separators == 1 && separator_at == n - 4));
}

gboolean identity_parse(const char *text, CivilDate today, Identity *ret)
{
    char raw[13];
    gsize len;
    gboolean plus;
    if (text == NULL || !compact(text, raw, &len, &plus))
        return FALSE;
    Identity id = {0};
    if (len == 12) {
        memcpy(id.id12, raw, sizeof raw);
    } else {
        if (!all_digits(raw, 10))
            return FALSE;
        /* Born in [Y-99, Y], with a plus a hundred years before. */
        int year = today.year - (today.year - two_digits(raw)) % 100 - (plus ? 100 : 0);
        g_snprintf(id.id12, sizeof id.id12, "%02d%s", year / 100 % 100, raw);
    }
    gboolean known = all_digits(id.id12, 12)
                         ? read_personal(id.id12, &id)
                         : read_vgr(id.id12, &id) || read_national_reserv(id.id12, &id);
    if (known)
        *ret = id;
    return known;
}

char *identity_display(const char *id12)
{
    if (id12 == NULL || strlen(id12) != 12)
        return g_strdup(id12);
    return g_strdup_printf("%.8s-%s", id12, id12 + 8);
}

const char *identity_system(IdentityKind kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
        if (systems[i].kind == kind)
            return systems[i].system;
    return NULL;
}

IdentityKind identity_kind_of_system(const char *system)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
        if (g_strcmp0(systems[i].system, system) == 0)
            return systems[i].kind;
    return ID_NONE;
}
