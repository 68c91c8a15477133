import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

const SEQUENCE = 0x30;
const OID = 0x06;
/** ecdsa-with-SHA256, commonName and subjectAltName. */
const ECDSA_SHA256 = der(OID, Buffer.from('2a8648ce3d040302', 'hex'));
const COMMON_NAME = der(OID, Buffer.from('550403', 'hex'));
const ALT_NAME = der(OID, Buffer.from('551d11', 'hex'));

/** A fresh certificate for these host names, signed by itself, good from `from` to `to` (Dates). */
export function selfSigned(names: readonly string[], from: Date, to: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, ECDSA_SHA256);
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(names[0] ?? '')))));
  const altNames = der(SEQUENCE, ...names.map((each) => der(0x82, Buffer.from(each))));
  const extensions = der(0xa3, der(SEQUENCE, der(SEQUENCE, ALT_NAME, der(0x04, altNames))));
  const content = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    der(SEQUENCE, time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const bytes = der(SEQUENCE, content, algorithm, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** GeneralizedTime. */
const time = (date: Date): Buffer =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
