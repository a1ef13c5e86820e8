import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Almacen } from '../almacen/puerto.ts'
import { abrirAlmacenSqlite } from '../almacen/sqlite/almacen.ts'
import { entornoReal } from '../entorno_real.ts'
import { comandosReserva, eventosReserva, ReservaCreadaPayload, recibido, unEvento, unosAtributos } from './ejemplos.ts'
import { migracionesEsquemas, type RegistroEsquemas, registroDeEsquemas } from './esquemas.ts'
import { registro } from './registro.ts'
import { topico } from './topico.ts'

const unaCarpeta = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'esquemas-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  return carpeta
}

/** Abre el almacén, hace `que` con su registro de esquemas y lo cierra: cada llamada es un arranque del proceso. */
const enUnArranque = async <T>(carpeta: string, que: (esquemas: RegistroEsquemas, almacen: Almacen) => Promise<T>): Promise<T> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, migraciones: [migracionesEsquemas], entorno: entornoReal })
  try {
    return await que(await registroDeEsquemas({ almacen, reloj: entornoReal.reloj }), almacen)
  } finally {
    await almacen.cerrar()
  }
}

const base = { nombre: 'eventos-reserva', record: 'EventoReservaCreada', version: 1, fuente: 'aeroalpes', llave: () => null } as const
const tipos = { ReservaCreada: null }
const crecido = topico({ ...base, tipos, data: registro('ReservaCreadaPayload', ReservaCreadaPayload.campos, { canal: 'string' }) })
const roto = topico({ ...base, tipos, data: registro('ReservaCreadaPayload', { ...ReservaCreadaPayload.campos, pais: 'string' }) })
const otroCanal = topico({ ...base, tipos, data: registro('ReservaCreadaPayload', ReservaCreadaPayload.campos, { canal: 'long' }) })

test('cada esquema nuevo toma el número que sigue en su tópico y repetirlo no cambia nada', async (t) => {
  await enUnArranque(unaCarpeta(t), async (esquemas) => {
    assert.equal(await esquemas.registrar(eventosReserva), 1)
    assert.equal(await esquemas.registrar(eventosReserva), 1)
    assert.equal(await esquemas.registrar(crecido), 2)
    assert.equal(await esquemas.registrar(comandosReserva), 1)
    assert.equal(await esquemas.registrar(eventosReserva), 1)
  })
})

test('lo registrado se sabe en el arranque siguiente: un programa nuevo lee lo que escribió el anterior', async (t) => {
  const carpeta = unaCarpeta(t)
  await enUnArranque(carpeta, (esquemas) => esquemas.registrar(eventosReserva))
  await enUnArranque(carpeta, async (esquemas) => {
    assert.equal(
      crecido.leer(recibido({ ...unEvento(), propiedades: { ...unEvento().propiedades, type: 'ReservaCreada' } }), esquemas).data.canal,
      null,
    )
    assert.equal(esquemas.porDataschema(crecido.dataschema), undefined)
  })
})

test('un programa anterior lee lo que escribió uno nuevo, si el esquema está registrado', async (t) => {
  const data = { id_reserva: 'r', id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1 }
  const mensaje = recibido(crecido.escribir({ tipo: 'ReservaCreada', data: { ...data, canal: 'web' }, atributos: unosAtributos() }))
  await enUnArranque(unaCarpeta(t), async (esquemas) => {
    assert.throws(() => eventosReserva.leer(mensaje, esquemas), { codigo: 'mensaje_indescifrable' })
    await esquemas.registrar(crecido)
    assert.deepEqual(eventosReserva.leer(mensaje, esquemas).data, data)
  })
})

test('un esquema incompatible con alguno ya registrado se rechaza y no queda', async (t) => {
  const carpeta = unaCarpeta(t)
  await enUnArranque(carpeta, async (esquemas) => {
    for (const bueno of [crecido, eventosReserva]) await esquemas.registrar(bueno)
    await assert.rejects(esquemas.registrar(roto), {
      codigo: 'esquema_incompatible',
      message: /«data\.pais» se agregó sin valor por defecto/,
    })
    await assert.rejects(esquemas.registrar(otroCanal), { codigo: 'esquema_incompatible', message: /«data\.canal» cambió de tipo/ })
  })
  await enUnArranque(carpeta, async (esquemas) => {
    assert.equal(esquemas.porDataschema(roto.dataschema), undefined)
    assert.ok(esquemas.porDataschema(crecido.dataschema))
  })
})
