/** Dónde está un mensaje en Pulsar. Sin particiones `particion` es -1; si no vino en un lote, `lote` es -1. */
export type IdPulsar = Readonly<{ ledger: number; entrada: number; particion: number; lote: number }>

/** Los campos 1, 2, 3 y 4 de `MessageIdData` (protobuf): todos son varint. Lanza si no lo es. */
export const leerId = (base64: string): IdPulsar => {
  const bytes = Buffer.from(base64, 'base64')
  const campos = new Map<number, number>()
  for (let en = 0; en < bytes.length; ) {
    const etiqueta = leerVarint(bytes, en)
    if ((etiqueta.valor & 7) !== 0) throw new Error(`messageId de Pulsar que no se entiende: ${base64}`)
    const dato = leerVarint(bytes, etiqueta.fin)
    campos.set(etiqueta.valor >> 3, dato.valor)
    en = dato.fin
  }
  return { ledger: campos.get(1) ?? 0, entrada: campos.get(2) ?? 0, particion: campos.get(3) ?? -1, lote: campos.get(4) ?? -1 }
}

/** El `messageId` que un lector entiende. */
export const escribirId = ({ ledger, entrada, particion, lote }: IdPulsar): string => {
  const bytes = [0x08, ...varint(ledger), 0x10, ...varint(entrada)]
  if (particion >= 0) bytes.push(0x18, ...varint(particion))
  if (lote >= 0) bytes.push(0x20, ...varint(lote))
  return Buffer.from([...bytes, 0x30, 0x00]).toString('base64')
}

/** `<época>.<ledger>.<entrada>`, y detrás la partición y el lugar en el lote donde los hay: así se comparan (`posiciones.ts`). */
export const escribirPosicion = (epoca: string, { ledger, entrada, particion, lote }: IdPulsar): string => {
  const cola = lote >= 0 ? `.${particion}.${lote}` : particion >= 0 ? `.${particion}` : ''
  return `${epoca}.${ledger}.${entrada}${cola}`
}

/** Lo contrario; `undefined` si es de otra época o no se entiende. */
export const leerPosicion = (epoca: string, posicion: string): IdPulsar | undefined => {
  const [deEpoca, ...numeros] = posicion.split('.')
  if (deEpoca !== epoca || numeros.length < 2 || numeros.length > 4) return undefined
  const [ledger = -1, entrada = -1, particion = -1, lote = -1] = numeros.map((n) => (/^(-1|\d{1,15})$/.test(n) ? Number(n) : Number.NaN))
  if (![ledger, entrada, particion, lote].every(Number.isSafeInteger) || ledger < 0 || entrada < 0) return undefined
  return { ledger, entrada, particion, lote }
}

/** Un entero de 64 bits con signo, de siete en siete bits. Los que no caben en un número exacto no son de un ledger que exista. */
const leerVarint = (bytes: Buffer, desde: number): { valor: number; fin: number } => {
  let valor = 0n
  for (let en = desde, corrido = 0n; en < bytes.length; en++, corrido += 7n) {
    const byte = bytes[en] ?? 0
    valor |= BigInt(byte & 0x7f) << corrido
    if (byte < 0x80) return { valor: Number(BigInt.asIntN(64, valor)), fin: en + 1 }
  }
  throw new Error('messageId de Pulsar cortado')
}

const varint = (valor: number): number[] => {
  const bytes: number[] = []
  for (let resto = BigInt(valor); ; resto >>= 7n) {
    if (resto < 0x80n) return [...bytes, Number(resto)]
    bytes.push(Number(resto & 0x7fn) | 0x80)
  }
}
