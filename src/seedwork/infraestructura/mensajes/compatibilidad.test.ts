import assert from 'node:assert/strict'
import { test } from 'node:test'
import avro from 'avsc'
import fc from 'fast-check'
import { comprobarCompatible, incompatibilidades } from './compatibilidad.ts'
import { ESQUEMA_EVENTO_DEL_TUTORIAL, ReservaCreadaPayload } from './ejemplos.ts'
import type { CampoAvro, EsquemaAvro } from './esquema_avro.ts'
import { esquemaDe, registro } from './registro.ts'

const rec = (name: string, ...fields: CampoAvro[]): EsquemaAvro => ({ type: 'record', name, fields })
const campo = (name: string, type: EsquemaAvro): CampoAvro => ({ name, type })
const conNull = (name: string, type: EsquemaAvro): CampoAvro => ({ name, type: ['null', type], default: null })
const arr = (items: EsquemaAvro): EsquemaAvro => ({ type: 'array', items })
const nombradas = (anterior: EsquemaAvro, nuevo: EsquemaAvro): string[] =>
  incompatibilidades(anterior, nuevo).map(({ campo: c, regla }) => `${c} ${regla}`)

const casos: readonly (readonly [string, EsquemaAvro, EsquemaAvro, readonly string[]])[] = [
  ['el mismo', rec('R', campo('a', 'int')), rec('R', campo('a', 'int')), []],
  ['anexar con valor por defecto', rec('R', campo('a', 'int')), rec('R', campo('a', 'int'), conNull('b', 'string')), []],
  ['quitar uno con valor por defecto', rec('R', conNull('b', 'string')), rec('R'), []],
  ['reordenar', rec('R', campo('a', 'int'), campo('b', 'long')), rec('R', campo('b', 'long'), campo('a', 'int')), []],
  ['anexar sin valor por defecto', rec('R'), rec('R', campo('b', ['null', 'string'])), ['b campo_agregado_sin_valor_por_defecto']],
  ['quitar uno sin valor por defecto', rec('R', campo('b', 'string')), rec('R'), ['b campo_quitado_sin_valor_por_defecto']],
  [
    'renombrar un campo',
    rec('R', campo('a', 'int')),
    rec('R', campo('b', 'int')),
    ['b campo_agregado_sin_valor_por_defecto', 'a campo_quitado_sin_valor_por_defecto'],
  ],
  ['cambiar un tipo', rec('R', campo('a', 'int')), rec('R', campo('a', 'string')), ['a tipo_cambiado']],
  ['cambiar el tipo tras la unión', rec('R', conNull('a', 'int')), rec('R', conNull('a', 'string')), ['a tipo_cambiado']],
  ['promover int a long', rec('R', campo('a', 'int')), rec('R', campo('a', 'long')), ['a tipo_cambiado']],
  ['de texto a bytes', rec('R', campo('a', 'string')), rec('R', campo('a', 'bytes')), []],
  ['ampliar una unión', rec('R', campo('a', ['null', 'int'])), rec('R', campo('a', ['null', 'int', 'string'])), ['a union_ampliada']],
  ['reducir una unión', rec('R', campo('a', ['null', 'int', 'string'])), rec('R', campo('a', ['null', 'int'])), ['a union_reducida']],
  ['dejar de admitir null', rec('R', campo('a', ['null', 'int'])), rec('R', campo('a', 'int')), ['a union_reducida']],
  ['admitir null', rec('R', campo('a', 'int')), rec('R', campo('a', ['null', 'int'])), ['a union_ampliada']],
  ['cambiar el orden de una unión', rec('R', campo('a', ['null', 'int'])), rec('R', campo('a', ['int', 'null'])), []],
  ['renombrar el record', rec('R', campo('a', 'int')), rec('S', campo('a', 'int')), [' nombre_cambiado']],
  [
    'dentro de un record, una unión y una lista',
    rec('R', campo('data', ['null', rec('D', campo('legs', arr(rec('L', campo('o', 'int')))))])),
    rec('R', campo('data', ['null', rec('D', campo('legs', arr(rec('L', campo('o', 'int'), campo('d', 'int')))))])),
    ['data.legs[].d campo_agregado_sin_valor_por_defecto'],
  ],
  ['cambiar el record de dentro', rec('R', conNull('a', rec('A'))), rec('R', conNull('a', rec('B'))), ['a nombre_cambiado']],
  ['un mapa por una lista', rec('R', campo('a', arr('int'))), rec('R', campo('a', { type: 'map', values: 'int' })), ['a tipo_cambiado']],
  [
    'un esquema que se nombra a sí mismo',
    rec('R', conNull('otro', 'R')),
    rec('R', conNull('otro', 'R'), campo('a', 'int')),
    ['a campo_agregado_sin_valor_por_defecto'],
  ],
]

/** Lo que dice avsc: si cada uno puede leer lo que escribe el otro. */
const compatibleSegunAvsc = (anterior: EsquemaAvro, nuevo: EsquemaAvro): boolean => {
  const [a, n] = [anterior, nuevo].map((esquema) => avro.Type.forSchema(JSON.parse(JSON.stringify(esquema))))
  try {
    return Boolean(a && n && a.createResolver(n) && n.createResolver(a))
  } catch {
    return false
  }
}

for (const [nombre, anterior, nuevo, esperadas] of casos) {
  test(`compatibilidad FULL: ${nombre}`, () => {
    assert.deepEqual(nombradas(anterior, nuevo), esperadas)
    assert.equal(compatibleSegunAvsc(anterior, nuevo), esperadas.length === 0)
  })
}

test('agregar un campo al esquema del tutorial, que no tiene valores por defecto, se rechaza nombrando campo y regla', () => {
  const anterior = JSON.parse(ESQUEMA_EVENTO_DEL_TUTORIAL) as EsquemaAvro
  const texto = ESQUEMA_EVENTO_DEL_TUTORIAL.replace(
    '"fields":[{"name":"id_reserva"',
    '"fields":[{"name":"pais","type":["null","string"]},{"name":"id_reserva"',
  )
  const comprobar = () => comprobarCompatible({ topico: 'eventos-reserva', anterior, nuevo: JSON.parse(texto) as EsquemaAvro })
  assert.throws(comprobar, {
    codigo: 'esquema_incompatible',
    clase: 'conflicto',
    message:
      'El esquema de «eventos-reserva» no es compatible con el registrado: «data.pais» se agregó sin valor por defecto: quien lee con el esquema ' +
      'nuevo no podría leer los mensajes ya escritos (campo_agregado_sin_valor_por_defecto). Un cambio así necesita su propio tópico.',
  })
})

test('anexar a un registro siempre es compatible', () => {
  const crecido = registro('ReservaCreadaPayload', ReservaCreadaPayload.campos, { canal: 'string' })
  comprobarCompatible({ topico: 't', anterior: esquemaDe(ReservaCreadaPayload), nuevo: esquemaDe(crecido) })
})

/** Esquemas pequeños y parecidos entre sí: cada nombre de record aparece una vez, y siempre en el mismo sitio. */
const hoja: fc.Arbitrary<EsquemaAvro> = fc.constantFrom('int', 'long', 'double', 'string', 'bytes', 'boolean')
const unCampo = (nombre: string, valor: fc.Arbitrary<EsquemaAvro>): fc.Arbitrary<CampoAvro[]> =>
  fc.oneof(
    fc.constant<CampoAvro[]>([]),
    valor.map((type) => [campo(nombre, type)]),
    valor.map((type) => [campo(nombre, ['null', type])]),
    valor.map((type) => [conNull(nombre, type)]),
  )
const unRecord = (nombre: string, ...campos: fc.Arbitrary<CampoAvro[]>[]): fc.Arbitrary<EsquemaAvro> =>
  fc.tuple(...campos).map((grupos) => rec(nombre, ...grupos.flat()))
const unEsquema = unRecord(
  'R',
  unCampo('a', hoja),
  unCampo('b', fc.oneof(hoja, hoja.map(arr))),
  unCampo('c', fc.oneof(unRecord('C', unCampo('x', hoja), unCampo('y', hoja)), unRecord('C2', unCampo('x', hoja)).map(arr))),
)

test('dice que dos esquemas son compatibles si y sólo si avsc lee en los dos sentidos', () => {
  let compatibles = 0
  const igualQueAvsc = (anterior: EsquemaAvro, nuevo: EsquemaAvro): void => {
    const segunAvsc = compatibleSegunAvsc(anterior, nuevo)
    compatibles += segunAvsc ? 1 : 0
    assert.equal(nombradas(anterior, nuevo).length === 0, segunAvsc)
  }
  fc.assert(fc.property(unEsquema, unEsquema, igualQueAvsc), { numRuns: 1_500 })
  assert.ok(compatibles > 5, 'la propiedad tiene que ver también pares compatibles')
})
