import type { EsquemaAvro } from 'seedwork/infraestructura/mensajes/esquema_avro.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { TEXTOS } from '../apoyo/generar.ts'
import type { Par } from './pares.ts'

const HONDO = 8
const LARGOS = [0, 1, 2, 3, 64, 1_000, 1_001, 10_000]

const hasta = (azar: Azar, tope: number): number => Math.floor(azar() * tope)
const uno = <T>(azar: Azar, lista: readonly T[]): T => lista[hasta(azar, lista.length)] as T

const ENTEROS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 52, 2 ** 53 - 2, 8_640_000_000_000_001]

/** Un valor que ese esquema admite. */
export const valorDe = (esquema: EsquemaAvro, azar: Azar, hondura = 0, definidos = new Map<string, EsquemaAvro>()): unknown => {
  if (typeof esquema === 'string') {
    const definido = definidos.get(esquema)
    return definido === undefined ? primitivoDe(esquema, azar) : valorDe(definido, azar, hondura + 1, definidos)
  }
  if (!('type' in esquema)) {
    const [primera = 'null'] = esquema
    return hondura > HONDO && primera === 'null' ? null : valorDe(uno(azar, esquema), azar, hondura + 1, definidos)
  }
  if (esquema.type === 'record') {
    definidos.set(esquema.name, esquema)
    return Object.fromEntries(esquema.fields.map(({ name, type }) => [name, valorDe(type, azar, hondura + 1, definidos)]))
  }
  const cuantos = hondura > HONDO ? 0 : hasta(azar, 3)
  if (esquema.type === 'array') return Array.from({ length: cuantos }, () => valorDe(esquema.items, azar, hondura + 1, definidos))
  return Object.fromEntries(Array.from({ length: cuantos }, (_, i) => [`c${i}`, valorDe(esquema.values, azar, hondura + 1, definidos)]))
}

const primitivoDe = (nombre: string, azar: Azar): unknown => {
  if (nombre === 'null') return null
  if (nombre === 'boolean') return azar() < 0.5
  if (nombre === 'int') return hasta(azar, 2 ** 31)
  if (nombre === 'long') return uno(azar, ENTEROS)
  if (nombre === 'float' || nombre === 'double') return Math.fround(azar() * 1e6)
  if (nombre === 'bytes') return alAzar(azar, hasta(azar, 20))
  return azar() < 0.5 ? uno(azar, TEXTOS).toWellFormed() : 'x'.repeat(hasta(azar, 30))
}

const alAzar = (azar: Azar, largo: number): Buffer => {
  const bytes = Buffer.allocUnsafe(largo)
  for (let i = 0; i < largo; i++) bytes[i] = hasta(azar, 256)
  return bytes
}

const GIGANTES = [
  'feffffff0f',
  'feffffffffffffffff01',
  'ffffffffffffffffff01',
  'ffffffffffffffffffffffff',
  '80808080808000',
  'ffff7f',
  '80808008',
].map((hex) => Buffer.from(hex, 'hex'))

const con = (bytes: Buffer, donde: number, quita: number, pone: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, donde), pone, bytes.subarray(donde + quita)])

const estropear = (bytes: Buffer, azar: Azar): Buffer => {
  let malo = bytes
  for (let veces = 1 + hasta(azar, 3); veces > 0; veces--) {
    const como = hasta(azar, 4)
    malo = con(malo, hasta(azar, malo.length + 1), como === 0 ? 0 : 1, como === 1 ? Buffer.alloc(0) : alAzar(azar, 1))
  }
  return malo
}

/** De cada clase, cuántas de cada cien. */
const CLASES: readonly (readonly [parte: number, hacer: (bueno: Buffer, azar: Azar) => Buffer])[] = [
  [42, estropear],
  [14, (_, azar) => alAzar(azar, hasta(azar, 300))],
  [12, (bueno, azar) => bueno.subarray(0, hasta(azar, bueno.length + 1))],
  [14, (bueno, azar) => con(bueno, hasta(azar, bueno.length + 1), hasta(azar, 3), uno(azar, GIGANTES))],
  [10, (bueno) => bueno],
  [5, (bueno, azar) => Buffer.concat([bueno, alAzar(azar, 1 + hasta(azar, 4))])],
  // Un mapa dentro de otro, y listas de nada, hasta más hondo de lo que se admite.
  [2.5, (_, azar) => Buffer.concat([Buffer.alloc(hasta(azar, 200) * 3, Buffer.from('020008', 'hex')), alAzar(azar, 8)])],
  [0.4, (bueno, azar) => con(bueno, hasta(azar, bueno.length + 1), 0, Buffer.alloc(uno(azar, LARGOS), uno(azar, [0, 2, 1, 0x80, 0xff])))],
  [0.1, (_, azar) => Buffer.alloc(300_000, hasta(azar, 256))],
]

/** Bytes hostiles para alguno de esos pares, y para cuál: casi siempre, algo que estuvo bien escrito. */
export const bytesHostiles = (pares: readonly Par[], azar: Azar): Readonly<{ par: Par; datos: Buffer }> => {
  const par = uno(azar, pares)
  return { par, datos: hostilPara(par, azar) }
}

const hostilPara = (par: Par, azar: Azar): Buffer => {
  const bueno = par.tipoEscritor.toBuffer(valorDe(par.escritor, azar))
  let falta = azar() * 100
  for (const [parte, hacer] of CLASES) {
    if (falta < parte) return hacer(bueno, azar)
    falta -= parte
  }
  return bueno
}

/** Propiedades que alguien ajeno puso: nombres de las de la casa y del prototipo, con textos que no les corresponden. */
export const propiedadesHostiles = (azar: Azar): Readonly<Record<string, string>> => {
  const nombres = ['type', 'time', 'id', 'subject', 'traceparent', 'actor', 'propietario', 'constructor', 'toString', 'dlqtopico']
  const puestas = Array.from({ length: hasta(azar, 4) }, () => [uno(azar, nombres), uno(azar, TEXTOS)])
  const propias: Record<string, string> = Object.fromEntries(puestas)
  return azar() < 0.1 ? JSON.parse(`{"__proto__":"x",${JSON.stringify(propias).slice(1).replace(/^\}/, '"y":"z"}')}`) : propias
}
