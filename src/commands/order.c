/* SPDX-License-Identifier: GPL-3.0-or-later
 * Medicine orders: one typed line, one list to sign, one key that signs. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define ORDERS (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PRESCRIBER | CMD_NEEDS_PATIENT)
#define TAKES_ORDERS "MedicationRequest create"

const Command order_commands[] = {
    {NC_("command", "order-new"), "what:text?", N_("Order a medicine with one line"), N_("order"), ORDERS, CMD_RISK_DRAFT,
     command_open_view, TAKES_ORDERS},
    {NC_("command", "order-form"), NULL, N_("The same order as a form"), N_("form"), ORDERS, CMD_RISK_DRAFT, NULL},
    {NC_("command", "order-accept"), NULL, N_("To the list to sign"), N_("to the list"), ORDERS, CMD_RISK_DRAFT, NULL,
     TAKES_ORDERS},
    {NC_("command", "sign-list"), NULL, N_("The patient's orders that wait for your signature"), N_("sign orders"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PATIENT, CMD_RISK_NONE, command_open_view},
    {NC_("command", "order-sign"), NULL, N_("Sign the orders that stand on the screen"), N_("sign"), ORDERS | CMD_NEEDS_ONLINE,
     CMD_RISK_SIGN, NULL, TAKES_ORDERS},
    {NC_("command", "order-remove"), NULL, N_("Take the order off the list to sign"), N_("take off"), ORDERS, CMD_RISK_DRAFT,
     NULL},
    {NC_("command", "order-reason"), NULL, N_("The reason for going past a warning"), N_("reason"), ORDERS, CMD_RISK_DRAFT, NULL},
    {0}};
