import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cuando, publicar } from '../../../pruebas/contrato_broker/banco.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'
import type { BrokerEmbebido, EntregaRemota } from './remoto.ts'

const remoto = ({ broker }: BancoEmbebido): BrokerEmbebido => broker as BrokerEmbebido

/** Se suscribe y retiene lo que le llega, como quien lo pasó a otro proceso y aún no le responde. */
const retener = async (banco: BancoEmbebido, remota: boolean) => {
  const retenidas: EntregaRemota[] = []
  const consumidor = await remoto(banco).suscribirRemoto({
    ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 10, remota },
    manejar: (entrega) => {
      retenidas.push(entrega)
      return new Promise(() => {})
    },
  })
  return { retenidas, consumidor }
}

test('que este proceso muera con un mensaje en manos de otro no se le cuenta al mensaje, por muchas veces que pase', async () => {
  for (const remota of [true, false]) {
    const banco = await abrirBancoEmbebido()
    await publicar(banco, 't', [['k', 'a']])
    for (let muertes = 0; muertes < 4; muertes++) {
      const { retenidas } = await retener(banco, remota)
      await cuando(banco, 'le llega, o se aparta', () => retenidas.length > 0 || banco.broker.atrasos()[0]?.pendientes === 0)
      if (remota) assert.equal(retenidas[0]?.intento, 1)
      await banco.caer()
    }
    const apartados = (await banco.broker.apartados.ver({})).map(({ causa }) => causa.codigo)
    // A quien maneja aquí mismo, en cambio, sí: tres muertes con él en curso lo apartan.
    assert.deepEqual(apartados, remota ? [] : ['mato_al_proceso'])
    await banco.cerrar()
  }
})

test('lo devuelto vuelve a su lugar, sin contar intento, y lo recibe otro', async () => {
  const banco = await abrirBancoEmbebido()
  await publicar(banco, 't', [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['a', '4'],
  ])
  const sueltas: (() => void)[] = []
  const vistos: string[] = []
  const uno = await remoto(banco).suscribirRemoto({
    ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 3, remota: true },
    manejar: (entrega) =>
      new Promise((terminar) => {
        vistos.push(`${entrega.mensaje.id}:${entrega.intento}`)
        sueltas.push(() => {
          entrega.devolver()
          terminar()
        })
      }),
  })
  await cuando(banco, 'los tres', () => vistos.length === 3)
  const cerrado = uno.cerrar()
  for (const soltar of sueltas.toReversed()) soltar()
  await cerrado
  const otro: string[] = []
  await remoto(banco).suscribirRemoto({
    ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 1, remota: true },
    manejar: async ({ mensaje, intento }) => void otro.push(`${mensaje.id}:${intento}`),
  })
  await cuando(banco, 'todo', () => banco.broker.atrasos()[0]?.pendientes === 0)
  assert.deepEqual(vistos, ['1:1', '2:1', '3:1'])
  assert.deepEqual(otro, ['1:1', '2:1', '3:1', '4:1'])
  await banco.cerrar()
})
