"""What is asked of Shopify's Admin GraphQL API 2026-10. Nothing here is deprecated there.

Contracts are edited by calculations (calculate, poll, commit), which follow the draft mutations.
"""

CUSTOMER = """
fragment CustomerParts on Customer {
  id firstName lastName locale updatedAt
  defaultEmailAddress { emailAddress }
  defaultPhoneNumber { phoneNumber }
  defaultAddress { countryCodeV2 provinceCode }
}
"""

ORDER = """
fragment OrderParts on Order {
  id name processedAt cancelledAt
  totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
  refunds(first: 20) { id createdAt totalRefundedSet { presentmentMoney { amount currencyCode } } }
  fulfillments(first: 10) {
    id status createdAt updatedAt estimatedDeliveryAt deliveredAt
    trackingInfo(first: 1) { company number url }
    events(first: 30, sortKey: HAPPENED_AT) { edges { node { id status happenedAt estimatedDeliveryAt } } }
  }
}
"""

CONTRACT_PARTS = (
    """
fragment ContractParts on SubscriptionContract {
  id revisionId status createdAt updatedAt nextBillingDate currencyCode
  billingPolicy { interval intervalCount minCycles maxCycles }
  deliveryPolicy { interval intervalCount }
  deliveryPrice { amount currencyCode }
  deliveryMethod {
    ... on SubscriptionDeliveryMethodShipping {
      address { firstName lastName company address1 address2 city provinceCode zip countryCode phone }
    }
  }
  customer { ...CustomerParts }
  customerPaymentMethod(showRevoked: true) {
    id revokedAt
    instrument {
      __typename
      ... on CustomerCreditCard { brand lastDigits expiryMonth expiryYear }
      ... on CustomerShopPayAgreement { lastDigits expiryMonth expiryYear }
    }
  }
  originOrder { ...OrderParts }
  lines(first: 20) {
    edges {
      node {
        id title variantTitle sku quantity variantId productId
        currentPrice { amount currencyCode }
      }
    }
  }
}
"""
    + CUSTOMER
)

CONTRACT = (
    """
query Contract($id: ID!) { subscriptionContract(id: $id) { ...ContractParts } }
"""
    + CONTRACT_PARTS
    + ORDER
)

CONTRACTS = (
    """
query Contracts($query: String, $after: String) {
  subscriptionContracts(first: 10, after: $after, query: $query, sortKey: ID) {
    edges { cursor node { ...ContractParts } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + CONTRACT_PARTS
    + ORDER
)

CYCLES = (
    """
query Cycles($id: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
  subscriptionBillingCycles(
    first: 20, after: $after, contractId: $id, sortKey: CYCLE_INDEX,
    billingCyclesDateRangeSelector: { startDate: $from, endDate: $to }
  ) {
    edges {
      cursor
      node {
        cycleIndex cycleStartAt cycleEndAt billingAttemptExpectedDate skipped status
        billingAttempts(first: 10) {
          edges {
            node {
              id createdAt completedAt
              state {
                __typename
                ... on SubscriptionBillingAttemptSuccessState { order { ...OrderParts } }
                ... on SubscriptionBillingAttemptFailedState {
                  error {
                    ... on SubscriptionBillingAttemptPaymentError { payment: code }
                    ... on SubscriptionBillingAttemptInventoryError { inventory: code }
                    ... on SubscriptionBillingAttemptGeneralError { general: code }
                    ... on SubscriptionBillingAttemptUnexpectedError { message }
                  }
                }
              }
            }
          }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + ORDER
)

SHOP = """
query Shop { shop { name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }
"""

# -- What is so now, read before it is changed -------------------------------------------------------

CONTRACT_STATE = """
query ContractState($id: ID!) {
  subscriptionContract(id: $id) {
    id status nextBillingDate currencyCode
    billingPolicy { interval intervalCount }
    deliveryPolicy { interval intervalCount }
    lines(first: 20) { edges { node { id variantId quantity currentPrice { amount currencyCode } } } }
    discounts(first: 50) {
      edges {
        node {
          id title recurringCycleLimit targetType
          entitledLines { all }
          value {
            __typename
            ... on SubscriptionDiscountFixedAmountValue { amount { amount currencyCode } appliesOnEachItem }
            ... on SubscriptionDiscountPercentageValue { percentage }
          }
        }
      }
    }
  }
}
"""

CYCLE_STATE = """
query CycleState($input: SubscriptionBillingCycleInput!) {
  subscriptionBillingCycle(billingCycleInput: $input) { cycleIndex skipped status }
}
"""

PAYMENTS = """
query Payments($id: ID!) {
  order(id: $id) {
    id name
    transactions(first: 20) { id kind status gateway amountSet { presentmentMoney { amount currencyCode } } }
    refunds(first: 20) { id note }
  }
}
"""

DRAFTS = """
query Drafts($query: String!) {
  draftOrders(first: 5, query: $query) { edges { node { id status tags order { id name } } } }
}
"""

DRAFT = """
query Draft($id: ID!) { draftOrder(id: $id) { id status tags order { id name } } }
"""

# -- Changes -----------------------------------------------------------------------------------------

PAUSE = """
mutation Pause($id: ID!) {
  subscriptionContractPause(subscriptionContractId: $id) {
    contract { id status } userErrors { field message code }
  }
}
"""

ACTIVATE = """
mutation Activate($id: ID!) {
  subscriptionContractActivate(subscriptionContractId: $id) {
    contract { id status } userErrors { field message code }
  }
}
"""

CANCEL = """
mutation Cancel($id: ID!) {
  subscriptionContractCancel(subscriptionContractId: $id) {
    contract { id status } userErrors { field message code }
  }
}
"""

SET_NEXT_BILLING = """
mutation SetNextBilling($id: ID!, $date: DateTime!) {
  subscriptionContractSetNextBillingDate(contractId: $id, date: $date) {
    contract { id nextBillingDate } userErrors { field message code }
  }
}
"""

SKIP = """
mutation Skip($input: SubscriptionBillingCycleInput!) {
  subscriptionBillingCycleSkip(billingCycleInput: $input) {
    billingCycle { cycleIndex skipped } userErrors { field message code }
  }
}
"""

UNSKIP = """
mutation Unskip($input: SubscriptionBillingCycleInput!) {
  subscriptionBillingCycleUnskip(billingCycleInput: $input) {
    billingCycle { cycleIndex skipped } userErrors { field message code }
  }
}
"""

SWAP = """
mutation Swap($id: ID!, $line: ID!, $input: SubscriptionContractProductChangeInput!) {
  subscriptionContractProductChange(subscriptionContractId: $id, lineId: $line, input: $input) {
    contract { id } userErrors { field message code }
  }
}
"""

CALCULATE = """
mutation Calculate($id: ID!, $input: SubscriptionContractCalculationContractUpdateInput!) {
  subscriptionContractUpdateCalculate(contractId: $id, contractUpdateInput: $input) {
    subscriptionContractCalculation { ...CalculationParts }
    userErrors { field message code }
  }
}
"""

CALCULATION = """
query Calculation($id: ID!) { subscriptionContractCalculation(id: $id) { ...CalculationParts } }
"""

CALCULATION_PARTS = """
fragment CalculationParts on SubscriptionContractCalculation {
  __typename
  ... on SubscriptionContractCalculationPending { id }
  ... on SubscriptionContractCalculationSuccess { id }
  ... on SubscriptionContractCalculationFailure { id errors { code message } }
}
"""
CALCULATE += CALCULATION_PARTS
CALCULATION += CALCULATION_PARTS

COMMIT = """
mutation Commit($id: ID!) {
  subscriptionContractCalculationCommit(id: $id) {
    contract { ... on SubscriptionContract { id revisionId } }
    userErrors { field message code }
  }
}
"""

REFUND = """
mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id } userErrors { field message }
  }
}
"""

DRAFT_FROM_ORDER = """
mutation DraftFromOrder($id: ID!) {
  draftOrderCreateFromOrder(orderId: $id) { draftOrder { id status } userErrors { field message } }
}
"""

DRAFT_UPDATE = """
mutation DraftUpdate($id: ID!, $input: DraftOrderInput!) {
  draftOrderUpdate(id: $id, input: $input) { draftOrder { id status tags } userErrors { field message } }
}
"""

DRAFT_COMPLETE = """
mutation DraftComplete($id: ID!) {
  draftOrderComplete(id: $id) { draftOrder { id status order { id name } } userErrors { field message } }
}
"""

# -- Webhooks ----------------------------------------------------------------------------------------

WEBHOOKS = """
query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    edges { cursor node { id topic uri } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

REGISTER = """
mutation Register($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id } userErrors { field message }
  }
}
"""
