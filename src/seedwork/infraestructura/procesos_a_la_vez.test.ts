import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Proceso } from '../aplicacion/gestor_de_proceso.ts'
import { nuevaBase } from '../pruebas/postgres.ts'
import { abrirAlmacenPostgres } from './almacen/postgres/almacen.ts'
import { entornoReal } from './entorno_real.ts'
import { crearGestor, type Hilo, migracionesProcesos } from './procesos.ts'

const HILO: Hilo = { origen: { actor: { id: 'ana', rol: 'viajero' }, correlacion: 'c-1', causa: 'm-1' }, propietario: 'ana' }

test('P21 en PostgreSQL, de dos pasos que parten del mismo estado vale uno; el otro choca y, repetido, parte de lo que aquél dejó', async (t) => {
  const base = await nuevaBase()
  const almacen = await abrirAlmacenPostgres({ direccion: base.direccion, migraciones: [migracionesProcesos], entorno: entornoReal })
  t.after(async () => {
    await almacen.cerrar()
    await base.borrar()
  })
  const partidas: number[] = []
  const leyoElSegundo = Promise.withResolvers<void>()
  const suma: Proceso<number, 'sumar', string, 'ninguno'> = {
    nombre: 'suma',
    avanzar: (estado = 0) => {
      partidas.push(estado)
      if (partidas.length === 3) leyoElSegundo.resolve()
      return { estado: estado + 1, comandos: ['sumado'], plazos: [] }
    },
  }
  const gestor = crearGestor({
    ...entornoReal,
    proceso: suma,
    // El primero, con su fila ya escrita, no confirma hasta que el segundo leyó.
    emitir: async () => (partidas.length > 1 ? leyoElSegundo.promise : undefined),
    alFijarPlazo: () => {},
    alFallar: assert.ifError,
  })
  const sumar = () => almacen.ejecutar((tx) => gestor.ocurrio(tx, 'p', 'sumar', HILO))
  await sumar()
  const [uno, otro] = await Promise.allSettled([sumar(), sumar()])
  const fallidos = [uno, otro].filter((fin) => fin.status === 'rejected')
  assert.deepEqual(
    fallidos.map(({ reason }) => reason.codigo),
    ['proceso_cambiado'],
  )
  await sumar()
  assert.deepEqual(partidas, [0, 1, 1, 2])
})
