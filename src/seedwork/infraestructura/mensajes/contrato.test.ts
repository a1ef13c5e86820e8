import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Contrato, lectorDeContrato } from './contrato.ts'
import { BYTES_DEL_TUTORIAL, bytesRecibidos, eventosReserva, recibido, sinEsquemas, unEvento } from './ejemplos.ts'
import { compilarTipo } from './esquema_topico.ts'
import { registro } from './registro.ts'
import { topico } from './topico.ts'

type Valor = Readonly<{ data: Readonly<{ id_reserva: string | null; estado: string | null }> | null; type: string | null }>

const contratoDe = ({ nombre, dataschema, tipos, esquema }: typeof eventosReserva): Contrato<Valor, string> => ({
  nombre,
  dataschema,
  tipos: Object.keys(tipos),
  esquema,
})
const leer = lectorDeContrato(contratoDe(eventosReserva))
const indescifrable = { codigo: 'mensaje_indescifrable' }

test('lee lo que el dueño del tópico escribe, aunque nadie haya registrado su esquema', () => {
  const { tipo, valor, atributos } = leer(recibido(unEvento()), sinEsquemas)
  assert.equal(tipo, 'ReservaAprobada')
  assert.partialDeepStrictEqual(valor.data, { id_reserva: 'ad03c34f-6448-43b2-850e-66d0da362fe4', estado: 'APROBADA' })
  assert.equal(atributos.propietario, 'propietario-1')
})

test('lee los mensajes del tutorial, que no traen ni propiedades ni sobre', () => {
  for (const bytes of BYTES_DEL_TUTORIAL) {
    const { tipo, valor } = leer(bytesRecibidos(bytes), sinEsquemas)
    assert.deepEqual([tipo, valor.data.estado], ['ReservaCreada', 'PENDIENTE'])
  }
})

test('lee lo que se escribió con un esquema anterior o posterior, si está registrado; si no, lo dice', () => {
  const { nombre, record, fuente, data, tipos, llave } = {
    nombre: 'eventos-reserva',
    record: 'EventoReservaCreada',
    fuente: 'aeroalpes',
    data: registro(
      'ReservaCreadaPayload',
      { id_reserva: 'string', id_cliente: 'string', estado: 'string', fecha_creacion: 'long' },
      { motivo: 'string' },
    ),
    tipos: { ReservaCreada: null },
    llave: () => 'r',
  }
  const nuevo = topico({ nombre, record, version: 1, fuente, data, tipos, llave })
  const { atributos } = eventosReserva.leer(recibido(unEvento()), sinEsquemas)
  const mensaje = recibido(
    nuevo.escribir({
      tipo: 'ReservaCreada',
      data: { id_reserva: 'r', id_cliente: 'c', estado: 'PENDIENTE', fecha_creacion: 1, motivo: 'm' },
      atributos,
    }),
  )
  assert.throws(() => leer(mensaje, sinEsquemas), indescifrable)
  const conocido = { topico: nombre, esquema: nuevo.esquema, tipo: compilarTipo(nuevo.esquema) }
  const esquemas = { porDataschema: (dataschema: string) => (dataschema === nuevo.dataschema ? conocido : undefined) }
  assert.deepEqual({ ...leer(mensaje, esquemas).valor.data }, { id_reserva: 'r', id_cliente: 'c', estado: 'PENDIENTE', fecha_creacion: 1 })
})

test('un tipo que nadie declaró, o un mensaje sin datos, no se entiende', () => {
  const bueno = recibido(unEvento())
  assert.throws(() => leer({ ...bueno, propiedades: { ...bueno.propiedades, type: 'ReservaInventada' } }, sinEsquemas), indescifrable)
  assert.throws(() => leer(bytesRecibidos(Buffer.from([0])), sinEsquemas), indescifrable)
})
