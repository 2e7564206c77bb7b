/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/unit/support/news2.h — a patient of whom it is known that no physician has ordered another scale. */
#pragma once
#include "chart/news2-order.h"

static inline const News2Orders *news2_orders_none(void)
{
    static News2Orders *none;
    if (!none)
        none = news2_orders_new(NULL, TRUE);
    return none;
}
