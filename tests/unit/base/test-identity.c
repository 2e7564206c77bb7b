/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/identity.h"

#include <criterion/criterion.h>

static const CivilDate today = {2026, 11, 21};

static Identity id(const char *text)
{
    Identity i = {0};
    cr_expect(identity_parse(text, today, &i), "%s", text);
    return i;
}

Test(identity, official_test_numbers)
{
    Identity p = id("18900101-9802");
    cr_assert_eq(p.kind, ID_PERSONNUMMER);
    cr_assert_eq(p.sex, 'F');
    cr_assert_eq(p.birth.year, 1890);
    cr_assert_str_eq(id("900101+9802").id12, "189001019802");
    cr_assert_str_eq(id("18900101 9802").id12, "189001019802");
    cr_assert_eq(id("189004029816").sex, 'M');
    cr_assert_str_eq(id("120212-2386").id12, "201202122386");
    cr_assert_str_eq(id("120211+9192").id12, "191202119192");
    Identity out;
    cr_assert_not(identity_parse("189001019803", today, &out), "wrong check digit");
    cr_assert_not(identity_parse("1890010-19802", today, &out), "separator elsewhere");
    cr_assert_not(identity_parse("18900101-98-02", today, &out));
    cr_assert_not(identity_parse("", today, &out));
    cr_assert_not(identity_parse("18901301980", today, &out));
    cr_assert_not(identity_parse(NULL, today, &out));
}

Test(identity, samordningsnummer)
{
    Identity s = id("196109732393");
    cr_assert_eq(s.kind, ID_SAMORDNINGSNUMMER);
    cr_assert_eq(s.birth.day, 13);
    cr_assert_eq(s.sex, 'M');
}

Test(identity, reserve_numbers)
{
    static const struct {
        const char *text;
        IdentityKind kind;
        char sex;
        int year;
    } cases[] = {
        {"22790814AA01", ID_RESERV_NATIONAL, 'F', 1979},
        {"22950606-FH20", ID_RESERV_NATIONAL, 'F', 1995},
        {"25780404khd5", ID_RESERV_NATIONAL, '?', 1978},
        {"00342145BZ31", ID_RESERV_NATIONAL, 'M', 0},
        {"00749852BZK0", ID_RESERV_NATIONAL, '?', 0},
        {"98240301AA06", ID_RESERV_NATIONAL, 'F', 2024},
        {"19450829K088", ID_RESERV_VGR, 'F', 1945},
        {"19810829M071", ID_RESERV_VGR, 'M', 1981},
        {"19930829X802", ID_RESERV_VGR, '?', 1993},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Identity r = id(cases[i].text);
        cr_expect_eq(r.kind, cases[i].kind, "%s", cases[i].text);
        cr_expect_eq(r.sex, cases[i].sex, "%s", cases[i].text);
        cr_expect_eq(r.birth.year, cases[i].year, "%s", cases[i].text);
    }
    Identity out;
    cr_assert_not(identity_parse("22790814AA02", today, &out));
    cr_assert_not(identity_parse("22790814IA01", today, &out));
    cr_assert_not(identity_parse("19450829K089", today, &out));
}

Test(identity, display_and_systems)
{
    g_autofree char *shown = identity_display("191202119192");
    cr_assert_str_eq(shown, "19120211-9192");
    g_autofree char *odd = identity_display("X1");
    cr_assert_str_eq(odd, "X1");
    for (IdentityKind k = ID_PERSONNUMMER; k <= ID_RESERV_VGR; k++)
        cr_assert_eq(identity_kind_of_system(identity_system(k)), k);
    cr_assert_eq(identity_kind_of_system("urn:oid:1.2.752.129.2.1.3.1"), ID_PERSONNUMMER);
    cr_assert_eq(identity_kind_of_system(NULL), ID_NONE);
    cr_assert_null(identity_system(ID_NONE));
}
