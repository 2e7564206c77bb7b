/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/units.h"

static const DoseUnit units[] = {
    {"mg", "mg", "mg", "mg", 100000},
    {"g", "g", "g", "g", 500},
    {"mikrogram", "ug", "mikrogram", "mikrogram", 10000000},
    {"ml", "mL", "ml", "ml", 20000},
    {"mmol", "mmol", "mmol", "mmol", 1000},
    {"E", "[IU]", "enhet", "enheter", 10000000},
    {"IE", "[iU]", "internationell enhet", "internationella enheter", 10000000},
    {"tablett", "{tablett}", "tablett", "tabletter", 100},
    {"kapsel", "{kapsel}", "kapsel", "kapslar", 100},
    {"suppositorium", "{suppositorium}", "suppositorium", "suppositorier", 100},
    {"plåster", "{plaster}", "plåster", "plåster", 100},
    {"inhalation", "{inhalation}", "inhalation", "inhalationer", 100},
    {"sprayning", "{sprayning}", "sprayning", "sprayningar", 100},
    {"droppe", "[drp]", "droppe", "droppar", 200},
    {"dospåse", "{dospase}", "dospåse", "dospåsar", 100},
    {"applikation", "{applikation}", "applikation", "applikationer", 100},
    {"injektion", "{injektion}", "injektion", "injektioner", 100},
    {"klysma", "{klysma}", "klysma", "klysmor", 100},
};

static const RateUnit rates[] = {
    {"ml/tim", "mL/h"}, {"ml/kg/tim", "mL/kg/h"}, {"g/tim", "g/h"}, {"mg/tim", "mg/h"}, {"mg/kg/tim", "mg/kg/h"},
    {"mg/min", "mg/min"}, {"mikrogram/tim", "ug/h"}, {"mikrogram/min", "ug/min"}, {"mikrogram/kg/tim", "ug/kg/h"},
    {"mikrogram/kg/min", "ug/kg/min"}, {"E/tim", "[IU]/h"}, {"E/kg/tim", "[IU]/kg/h"}, {"mmol/tim", "mmol/h"},
};

static const Route routes[] = {
    {"oral", "oralt", "26643006"},
    {"intravenös", "intravenöst", "47625008"},
    {"subkutan", "subkutant", "34206005"},
    {"intramuskulär", "intramuskulärt", "78421000"},
    {"rektal", "rektalt", "37161004"},
    {"sublingual", "sublingualt", "37839007"},
    {"inhalation", "för inhalation", "447694001"},
    {"transdermal", "transdermalt", "45890007"},
    {"okulär", "i ögat", "54485002"},
    {"nasal", "nasalt", "46713006"},
    {"kutan", "på huden", "6064005"},
    {"vaginal", "vaginalt", "16857009"},
    {"epidural", "epiduralt", "404820008"},
    {"intratekal", "intratekalt", "72607000"},
};

const DoseUnit *dose_unit(const char *unit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].unit, unit) == 0)
            return &units[i];
    return NULL;
}

const DoseUnit *dose_unit_by_code(const char *ucum)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].ucum, ucum) == 0)
            return &units[i];
    return NULL;
}

const DoseUnit *dose_unit_by_word(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].unit, word) == 0 || g_strcmp0(units[i].singular, word) == 0 ||
            g_strcmp0(units[i].plural, word) == 0)
            return &units[i];
    return NULL;
}

/* Units of measurement that a value may be shown in: what is written, what is meant. */
static const char *const written[][2] = {
    {"°c", "cel"}, {"c", "cel"}, {"°f", "[degf]"}, {"mmhg", "mm[hg]"}, {"mm hg", "mm[hg]"}, {"e/l", "[iu]/l"},
    {"iu/l", "[iu]/l"}, {"u/l", "[iu]/l"}, {"mcg", "ug"}, {"mcg/l", "ug/l"}, {"lbs", "[lb_av]"}, {"lb", "[lb_av]"},
    {"in", "[in_i]"}, {"inch", "[in_i]"},
};
static const char *const known[] = {
    "kg",     "g",      "mg",     "ug",    "ng",    "[lb_av]", "m",      "cm",     "mm",     "[in_i]", "cel",    "[degf]",
    "mol/l",  "mmol/l", "umol/l", "nmol/l", "pmol/l", "g/l",   "mg/l",   "ug/l",   "ng/l",   "g/dl",   "mg/dl",  "ug/dl",
    "mg/ml",  "ug/ml",  "ng/ml",  "pg/ml", "mm[hg]", "kpa",    "[iu]/l", "[iu]/ml", "l",     "dl",     "ml",     "%",
    "/min",   "l/min",  "ml/min", "mmol/mol", "fl", "pg", "10*9/l", "10*12/l", "10*6/l", "ukat/l",
};

/* Lower case, µ as u, in UCUM's words; NULL: no unit that is known here. */
static const char *canonical(const char *unit)
{
    char plain[64]; /* no unit known here is as long */
    gsize n = 0;
    for (const char *p = unit; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));
        if (n + 6 >= sizeof plain)
            return NULL;
        if (c == 0xb5 || c == 0x3bc) /* the micro sign, and the Greek letter */
            plain[n++] = 'u';
        else
            n += (gsize)g_unichar_to_utf8(c, plain + n);
    }
    plain[n] = '\0';
    const char *word = plain;
    for (gsize i = 0; i < G_N_ELEMENTS(written); i++)
        if (g_str_equal(written[i][0], plain))
            word = written[i][1];
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(known[i], word))
            return known[i];
    return NULL;
}

gboolean units_agree(const char *unit, const char *ucum)
{
    if (g_str_equal(unit, ucum))
        return TRUE;
    const char *a = canonical(unit), *b = canonical(ucum);
    return !a || !b || a == b;
}

const RateUnit *rate_unit(const char *unit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++)
        if (g_strcmp0(rates[i].unit, unit) == 0)
            return &rates[i];
    return NULL;
}

const RateUnit *rate_unit_by_code(const char *ucum)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++)
        if (g_strcmp0(rates[i].ucum, ucum) == 0)
            return &rates[i];
    return NULL;
}

const Route *route_find(const char *route)
{
    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_strcmp0(routes[i].route, route) == 0)
            return &routes[i];
    return NULL;
}

const Route *route_by_snomed(const char *code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_strcmp0(routes[i].snomed, code) == 0)
            return &routes[i];
    return NULL;
}
