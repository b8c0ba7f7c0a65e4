import type { JsonObject } from '../../bounds.ts';

/** An ISO 8601 time. */
type Time = string;
/** An amount in whole minor units, as text: JSON's numbers would lose digits. */
type MinorUnits = string;

/** An address of the address book, or of an order. */
interface ExportedAddress {
  fullName: string | null;
  company: string | null;
  line1: string | null;
  line2: string | null;
  city: string | null;
  region: string | null;
  postalCode: string | null;
  countryCode: string;
  phone: string | null;
}

/** What the shop stores about a person: a document for `JSON.stringify`. */
export interface PersonalData {
  exportedAt: Time;
  /** Null: no account, only guest orders. */
  profile: {
    id: string;
    email: string;
    emailVerifiedAt: Time | null;
    firstName: string | null;
    lastName: string | null;
    phone: string | null;
    acceptsMarketing: boolean;
    metadata: JsonObject | null;
    createdAt: Time;
  } | null;
  /** How they log in: with a `password`, or a provider and their id there. */
  credentials: { provider: string; subject: string | null; createdAt: Time }[];
  sessions: { createdAt: Time; expiresAt: Time }[];
  addresses: (ExportedAddress & { isDefaultShipping: boolean; isDefaultBilling: boolean })[];
  carts: {
    id: string;
    status: string;
    currencyCode: string;
    createdAt: Time;
    metadata: JsonObject | null;
    lines: {
      variantId: string;
      properties: JsonObject | null;
      quantity: number;
      unitPriceMinor: MinorUnits;
    }[];
  }[];
  /** The latest first; guest orders included. */
  orders: {
    number: string;
    placedAt: Time;
    status: string;
    asGuest: boolean;
    email: string | null;
    metadata: JsonObject | null;
    currencyCode: string;
    subtotalMinor: MinorUnits;
    discountMinor: MinorUnits;
    shippingMinor: MinorUnits;
    taxMinor: MinorUnits;
    totalMinor: MinorUnits;
    /** Whether the other amounts include the tax. */
    taxIncluded: boolean;
    lines: {
      position: number;
      variantId: string | null;
      sku: string | null;
      title: string;
      variantTitle: string;
      properties: JsonObject | null;
      quantity: number;
      unitPriceMinor: MinorUnits;
      priceList: string;
    }[];
    /** Discounts, shipping fees and taxes; `linePosition` is null for those of the whole order. */
    adjustments: {
      kind: 'discount' | 'shipping' | 'tax';
      code: string;
      amountMinor: MinorUnits;
      linePosition: number | null;
      /** Of a tax, in millionths of what it is charged on; null where whoever computed it did not say. */
      ratePpm: number | null;
      taxableMinor: MinorUnits | null;
    }[];
    /** The first status first. */
    history: { status: string; changedAt: Time }[];
    addresses: (ExportedAddress & { kind: 'shipping' | 'billing' })[];
    payments: { provider: string; status: string; amountMinor: MinorUnits; createdAt: Time }[];
    shipments: {
      status: string;
      carrier: string | null;
      trackingNumber: string | null;
      deliveredAt: Time | null;
    }[];
    edits: {
      number: number;
      /** Of the lines that it has added. */
      subtotalMinor: MinorUnits;
      taxMinor: MinorUnits;
      addressChanged: boolean;
      editedAt: Time;
    }[];
    returns: {
      status: string;
      reason: string | null;
      requestedAt: Time;
      lines: {
        linePosition: number;
        quantity: number;
        /** Null: not received. */
        receivedQuantity: number | null;
      }[];
    }[];
    creditNotes: {
      number: string;
      netMinor: MinorUnits;
      taxMinor: MinorUnits;
      reason: string | null;
      issuedAt: Time;
      /** `linePosition` and `quantity` are null for the shipping. */
      lines: {
        linePosition: number | null;
        quantity: number | null;
        netMinor: MinorUnits;
        taxMinor: MinorUnits;
      }[];
    }[];
  }[];
}
