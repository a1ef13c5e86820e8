/** Qué mensaje es: su historia (`ledger`, de la época del almacén) y su posición en ella (`entrada`). */
export type IdDeMensaje = Readonly<{ ledger: number; entrada: number }>

/** Lo que Pulsar responde de un envío que ya tenía: -1:-1. */
export const ID_DE_REPETIDO = 'CP///////////wEQ////////////ATAA'

const CAMPO_LEDGER = 1
const CAMPO_ENTRADA = 2
const SIETE_BITS = 0x80

/** El número con que una época del almacén se dice en un messageId. */
export const ledgerDe = (epoca: string): number => Number.parseInt(epoca, 16)

/** La época que dice un ledger. */
export const epocaDe = (ledger: number): string => ledger.toString(16).padStart(8, '0')

const varint = (valor: number): number[] => {
  const bytes: number[] = []
  for (let resto = valor; ; resto = Math.floor(resto / SIETE_BITS)) {
    if (resto < SIETE_BITS) return [...bytes, resto]
    bytes.push((resto % SIETE_BITS) | SIETE_BITS)
  }
}

/** `MessageIdData` de Pulsar en base64: el campo 1 es el ledger, el 2 la entrada y el 6 va en cero. */
export const escribirId = ({ ledger, entrada }: IdDeMensaje): string =>
  Buffer.from([0x08, ...varint(ledger), 0x10, ...varint(entrada), 0x30, 0x00]).toString('base64')

/** `undefined` si no es un messageId que este broker haya podido dar. */
export const leerId = (texto: string): IdDeMensaje | undefined => {
  if (texto.length > 64 || !/^[A-Za-z0-9+/]+={0,2}$/.test(texto)) return undefined
  const campos = leerCampos(Buffer.from(texto, 'base64'))
  const [ledger, entrada] = [campos?.get(CAMPO_LEDGER), campos?.get(CAMPO_ENTRADA)]
  return ledger === undefined || entrada === undefined ? undefined : { ledger, entrada }
}

/** Todos los campos de un `MessageIdData` que aquí se usan son enteros: otra cosa no es un messageId. */
const leerCampos = (bytes: Buffer): ReadonlyMap<number, number> | undefined => {
  const campos = new Map<number, number>()
  for (let i = 0; i < bytes.length; ) {
    const etiqueta = leerVarint(bytes, i)
    const valor = etiqueta && etiqueta.valor % 8 === 0 ? leerVarint(bytes, etiqueta.fin) : undefined
    if (etiqueta === undefined || valor === undefined) return undefined
    campos.set(etiqueta.valor / 8, valor.valor)
    i = valor.fin
  }
  return campos
}

const leerVarint = (bytes: Buffer, desde: number): Readonly<{ valor: number; fin: number }> | undefined => {
  let valor = 0
  for (let [i, peso] = [desde, 1]; i < bytes.length; i++, peso *= SIETE_BITS) {
    const byte = bytes[i] as number
    valor += (byte % SIETE_BITS) * peso
    if (!Number.isSafeInteger(valor)) return undefined
    if (byte < SIETE_BITS) return { valor, fin: i + 1 }
  }
  return undefined
}
