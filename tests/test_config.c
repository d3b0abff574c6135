/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"
int main(void){return 0;}
