import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { TEXTOS } from '../apoyo/generar.ts'

/** Una trama como se escribe en el enchufe. `largo`: con cuántos bits se dice (la norma pide los menos que basten; no todos la siguen). */
export type Trama = Readonly<{
  fin: boolean
  reservados: number
  opcode: number
  mascara: Buffer | undefined
  largo: 7 | 16 | 64
  /** Lo que dice medir, si miente. */
  dice?: bigint
  carga: Buffer
}>

export const OPCODE = { sigue: 0, texto: 1, binaria: 2, cierre: 8, ping: 9, pong: 10 } as const
const EN_7_BITS = 125
const EN_16_BITS = 65_535

const cabezaDe = ({ fin, reservados, opcode, mascara, largo, carga, dice = BigInt(carga.length) }: Trama): Buffer => {
  const bits = dice > EN_16_BITS ? 64 : dice > EN_7_BITS && largo === 7 ? 16 : largo
  const primero = (fin ? 0x80 : 0) | (reservados << 4) | opcode
  const conMascara = mascara === undefined ? 0 : 0x80
  if (bits === 7) return Buffer.from([primero, conMascara | Number(dice)])
  const cabeza = Buffer.alloc(bits === 16 ? 4 : 10)
  cabeza[0] = primero
  cabeza[1] = conMascara | (bits === 16 ? 126 : 127)
  if (bits === 16) cabeza.writeUInt16BE(Number(dice), 2)
  else cabeza.writeBigUInt64BE(dice, 2)
  return cabeza
}

/** Los bytes de una trama. */
export const escribir = (trama: Trama): Buffer => {
  const { mascara, carga } = trama
  if (mascara === undefined) return Buffer.concat([cabezaDe(trama), carga])
  return Buffer.concat([cabezaDe(trama), mascara, carga.map((octeto, i) => octeto ^ (mascara[i % 4] ?? 0))])
}

export const unaTrama = (opcode: number, carga: Buffer | string, cambios: Partial<Trama> = {}): Trama => ({
  ...{ fin: true, reservados: 0, opcode, mascara: Buffer.from([7, 77, 177, 27]), largo: 7, carga: Buffer.from(carga) },
  ...cambios,
})

export const cierreCon = (codigo: number, motivo: Buffer | string = ''): Trama => {
  const dos = Buffer.alloc(2)
  dos.writeUInt16BE(codigo)
  return unaTrama(OPCODE.cierre, Buffer.concat([dos, Buffer.from(motivo)]))
}

const hasta = (azar: Azar, tope: number): number => Math.floor(azar() * tope)
const uno = <T>(azar: Azar, lista: readonly T[]): T => lista[hasta(azar, lista.length)] as T

const NO_UTF8 = ['c328', 'ff', 'eda080', 'f8a1a1a1a1', 'c0af', 'e28281e28', 'f4908080'].map((hex) => Buffer.from(hex, 'hex'))

/** Mensajes que el broker entendería, o casi. */
const DEL_BROKER = [
  '{"payload":"aG9sYQ==","context":"1","properties":{"a":"b"},"key":"k"}',
  '{"payload":"@@"}',
  '{"payload":"","properties":{"__proto__":{"x":1},"constructor":"y"}}',
  '{"payload":"","eventTime":{"toString":1}}',
  '{"payload":"","deliverAt":1e999}',
  '{"messageId":"CAUQADAA"}',
  '{"messageId":"@@"}',
  '{"messageId":5}',
  '{"type":"permit","permitMessages":1e308}',
  '{"type":"permit","permitMessages":-1}',
  '{"type":"negativeAcknowledge","messageId":"CAUQADAA"}',
  '{"type":"isEndOfTopic"}',
  '{"type":"__proto__"}',
  '{}',
  '[]',
  'null',
  'no es json',
  '{"__proto__":{"messageId":"x"}}',
  `{"payload":"","properties":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
]

const texto = (azar: Azar): string => (azar() < 0.6 ? uno(azar, DEL_BROKER) : uno(azar, TEXTOS).toWellFormed())

const GRANDES = [65_536n, 65_537n, 4_194_305n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]
const CODIGOS = [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999, 0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535]

type Hacer = (azar: Azar) => readonly Trama[]

/** Lo que se admite, por raro que sea. */
const BUENAS: readonly Hacer[] = [
  (azar) => [unaTrama(OPCODE.texto, texto(azar), { largo: uno(azar, [7, 16, 64]) })],
  (azar) => [unaTrama(OPCODE.ping, 'x'.repeat(hasta(azar, 126)))],
  (azar) => [unaTrama(OPCODE.pong, 'x'.repeat(hasta(azar, 126)), { mascara: Buffer.alloc(4) })],
  (azar) => enTrozos(Buffer.from(texto(azar)), azar),
  (azar) => Array.from({ length: hasta(azar, 10) }, () => unaTrama(OPCODE.pong, '')),
  (azar) => [unaTrama(OPCODE.texto, 'x'.repeat(hasta(azar, 3_000)))],
]

/** Un mensaje en trozos, algunos vacíos, con tramas de control en medio. */
const enTrozos = (carga: Buffer, azar: Azar): readonly Trama[] => {
  const cortes = [0, ...Array.from({ length: 1 + hasta(azar, 5) }, () => hasta(azar, carga.length + 1)).sort((a, b) => a - b), carga.length]
  return cortes.slice(1).flatMap((corte, i) => {
    const opcode = i === 0 ? OPCODE.texto : OPCODE.sigue
    const trozo = unaTrama(opcode, carga.subarray(cortes[i], corte), { fin: i === cortes.length - 2 })
    return azar() < 0.2 ? [unaTrama(OPCODE.pong, ''), trozo] : [trozo]
  })
}

/** Lo que tiene que acabar con el enchufe. */
const MALAS: readonly Hacer[] = [
  (azar) => [unaTrama(OPCODE.texto, 'x', { mascara: undefined, largo: uno(azar, [7, 16, 64]) })],
  (azar) => [unaTrama(uno(azar, [0, 1, 2, 8, 9, 10]), 'x', { reservados: 1 + hasta(azar, 7) })],
  (azar) => [unaTrama(uno(azar, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), 'x')],
  (azar) => [unaTrama(uno(azar, [8, 9, 10]), 'xx', { fin: false })],
  (azar) => [unaTrama(uno(azar, [8, 9, 10]), 'x'.repeat(126 + hasta(azar, 400)))],
  () => [unaTrama(OPCODE.sigue, 'sin principio')],
  () => [unaTrama(OPCODE.texto, 'a', { fin: false }), unaTrama(OPCODE.texto, 'b')],
  (azar) => [unaTrama(OPCODE.texto, Buffer.concat([Buffer.from('a'), uno(azar, NO_UTF8)]))],
  (azar) => [unaTrama(OPCODE.texto, 'a', { fin: false }), unaTrama(OPCODE.sigue, uno(azar, NO_UTF8))],
  (azar) => [unaTrama(OPCODE.binaria, 'x'.repeat(hasta(azar, 50)))],
  (azar) => [unaTrama(OPCODE.texto, 'x', { dice: uno(azar, GRANDES), largo: 64 })],
  () => [unaTrama(OPCODE.texto, 'x'.repeat(40_000), { fin: false }), unaTrama(OPCODE.sigue, 'x'.repeat(40_000))],
  () => [unaTrama(OPCODE.cierre, 'x')],
  (azar) => [cierreCon(uno(azar, CODIGOS), texto(azar).slice(0, 20))],
  (azar) => [cierreCon(1000, uno(azar, NO_UTF8))],
  () => [unaTrama(OPCODE.cierre, '')],
  (azar) => Array.from({ length: 95 + hasta(azar, 30) }, () => unaTrama(OPCODE.texto, 'x')),
  (azar) => Array.from({ length: 60 + hasta(azar, 60) }, () => unaTrama(OPCODE.ping, '')),
  (azar) =>
    Array.from({ length: 300 }, (_, i) => unaTrama(i === 0 ? OPCODE.texto : OPCODE.sigue, '', { fin: false, largo: uno(azar, [7, 16]) })),
]

/** Lo que se le manda a un enchufe: muchas cosas que se admiten, alguna que quizá no, y una despedida. */
export const guion = (azar: Azar): readonly Trama[] => {
  const tramas: Trama[] = []
  for (let veces = hasta(azar, 30); veces > 0; veces--) tramas.push(...uno(azar, BUENAS)(azar))
  if (azar() < 0.85) tramas.push(...uno(azar, MALAS)(azar))
  for (let veces = hasta(azar, 8); veces > 0; veces--) tramas.push(...uno(azar, BUENAS)(azar))
  return [...tramas, cierreCon(1000)]
}
